package bot

// Sealing classes. What is sealed under one class cannot be opened as another.
const (
	SealBody       = "body"       // message bodies and replies
	SealState      = "state"      // conversation states and drafts
	SealCase       = "case"       // a grievance's text and who filed it
	SealAccusation = "accusation" // a text that may accuse a person
	SealCitizen    = "citizen"    // citizen numbers
	SealToken      = "token"      // providers' tokens
)

// Vault seals bytes for storage with authenticated encryption, and turns
// identifiers into keyed hashes by which a sealed value can be found.
type Vault interface {
	// Seal encrypts plain for storage under class.
	Seal(class string, plain []byte) []byte
	// Open reverses Seal; it fails if class differs or a byte was changed.
	Open(class string, sealed []byte) ([]byte, error)
	// Hash is a keyed hash of value (HMAC-SHA-256, hex), equal for equal
	// values of one kind. Values are normalised by the caller first.
	Hash(kind, value string) string
}
