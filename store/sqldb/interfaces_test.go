package sqldb_test

import (
	"tiepdan/handlers"
	"tiepdan/store/sqldb"
)

var (
	_ handlers.Applications = (*sqldb.DB)(nil)
	_ handlers.Payouts      = (*sqldb.DB)(nil)
	_ handlers.People       = (*sqldb.DB)(nil)
	_ handlers.Grievances   = (*sqldb.DB)(nil)
	_ handlers.Drafts       = (*sqldb.DB)(nil)
	_ handlers.Units        = (*sqldb.DB)(nil)
	_ handlers.LinkCodes    = (*sqldb.DB)(nil)
)
