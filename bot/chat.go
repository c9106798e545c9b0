package bot

import "time"

// Who wrote an entry of the web chat's log.
const (
	ByPerson = "person"
	ByBot    = "bot"
)

// ChatEntry is one line of the web chat's stored log, from which every page is drawn.
type ChatEntry struct {
	ID       int64 // grows within a conversation; what Last-Event-ID counts
	Author   string
	Part     Part   // a person's entry has Text alone
	Files    int    // how many files the person sent with it
	OutboxID int64  // what the browser acknowledges; 0 for a person's entry
	Hidden   bool   // the text is not to be shown again: it may accuse somebody, or its time is over
	At       time.Time
}
