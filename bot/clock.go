package bot

import "time"

// Clock tells the time; tests seed it.
type Clock func() time.Time

// Hanoi is the time zone of everything that a person reads: UTC+7, no
// daylight saving.
var Hanoi = time.FixedZone("Asia/Ho_Chi_Minh", 7*60*60)
