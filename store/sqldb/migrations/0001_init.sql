-- Times are BIGINT milliseconds since 1970 UTC; 0 or NULL means "not". Dates
-- without a time are TEXT 'YYYY-MM-DD'. %ID% is the dialect's own row id,
-- %BYTES% its byte string. Flags are 0 or 1.

CREATE TABLE units (
  id        %ID%,
  code      TEXT NOT NULL UNIQUE,
  name      TEXT NOT NULL,                 -- with its kind: "xã Tân Biên", "ấp 3"
  kind      TEXT NOT NULL,                 -- province, commune, hamlet
  parent_id BIGINT REFERENCES units(id),
  region    TEXT NOT NULL DEFAULT 'south', -- whose words: north, south
  phone     TEXT NOT NULL DEFAULT '',      -- as people should dial it
  counter   TEXT NOT NULL DEFAULT '',      -- where people go: name and street
  hours     TEXT NOT NULL DEFAULT '',
  aliases   TEXT NOT NULL DEFAULT '[]'     -- JSON: old names, spellings
);

CREATE INDEX units_parent ON units (parent_id);

CREATE TABLE people (
  id             %ID%,
  unit_id        BIGINT NOT NULL REFERENCES units(id),
  hamlet_id      BIGINT REFERENCES units(id),
  household      TEXT NOT NULL DEFAULT '', -- equal for one household; '': not known
  name           TEXT NOT NULL,
  name_key       TEXT NOT NULL,            -- folded
  birth          TEXT NOT NULL DEFAULT '', -- '1949' or '1949-03-12'
  sex            TEXT NOT NULL DEFAULT '', -- f, m, from the citizen number; '': not known
  citizen_hash   TEXT NOT NULL DEFAULT '',
  citizen_sealed %BYTES%,
  dead_at        BIGINT NOT NULL DEFAULT 0,  -- marked by staff only
  quiet_at       BIGINT NOT NULL DEFAULT 0,  -- somebody said they have died: no notices until staff decide
  created_at     BIGINT NOT NULL,
  updated_at     BIGINT NOT NULL
);
CREATE INDEX people_citizen ON people (citizen_hash) WHERE citizen_hash <> '';
CREATE INDEX people_name ON people (unit_id, name_key);

CREATE TABLE person_phones (
  person_id  BIGINT NOT NULL REFERENCES people(id),
  phone      TEXT NOT NULL,                -- E.164
  whose      TEXT NOT NULL,                -- self, household, hamlet_head, association, unknown
  since      BIGINT NOT NULL,
  last_heard BIGINT NOT NULL DEFAULT 0,    -- last message in from that phone
  ended_at   BIGINT NOT NULL DEFAULT 0,
  ended_why  TEXT NOT NULL DEFAULT '',     -- wrong_number, withdrawn, silent, replaced
  PRIMARY KEY (person_id, phone)
);
CREATE INDEX person_phones_phone ON person_phones (phone);

CREATE TABLE conversations (
  id          %ID%,
  channel     TEXT NOT NULL,
  address     TEXT NOT NULL,
  rev         BIGINT NOT NULL DEFAULT 0,
  token       TEXT NOT NULL DEFAULT '',    -- of the lease that may commit
  lease_until BIGINT NOT NULL DEFAULT 0,
  holder      TEXT NOT NULL DEFAULT 'bot',
  state       %BYTES%,                     -- sealed copy of the state at rev
  lang        TEXT NOT NULL DEFAULT 'vi',
  accents     INTEGER NOT NULL DEFAULT 0,
  unit_id     BIGINT NOT NULL DEFAULT 0,
  phone       TEXT NOT NULL DEFAULT '',    -- proven for this chat by LK or at the counter; an SMS address is its own
  phone_since BIGINT NOT NULL DEFAULT 0,
  first_at    BIGINT NOT NULL DEFAULT 0,
  last_in_at  BIGINT NOT NULL DEFAULT 0,
  blocked_at  BIGINT NOT NULL DEFAULT 0,   -- the person or the provider shut us out
  next_seq    BIGINT NOT NULL DEFAULT 1,   -- number of the next event stored
  next_out    BIGINT NOT NULL DEFAULT 1,   -- number of the next answer stored
  due_at      BIGINT,                      -- since when something waits to be played; NULL: nothing
  UNIQUE (channel, address)
);
CREATE INDEX conversations_due ON conversations (due_at) WHERE due_at IS NOT NULL;
CREATE INDEX conversations_silent ON conversations (last_in_at) WHERE state IS NOT NULL;
CREATE INDEX conversations_phone ON conversations (phone) WHERE phone <> '';

CREATE TABLE events (
  id              %ID%,
  conversation_id BIGINT NOT NULL REFERENCES conversations(id),
  seq             BIGINT NOT NULL,
  channel         TEXT NOT NULL,
  provider_id     TEXT NOT NULL,
  kind            TEXT NOT NULL,
  body            %BYTES%,                 -- sealed JSON of the Incoming; NULL once it is gone
  class           TEXT NOT NULL DEFAULT 'body',
  state           TEXT NOT NULL DEFAULT 'waiting', -- waiting, done, parked, replaced
  attempts        INTEGER NOT NULL DEFAULT 0,
  stored_at       BIGINT NOT NULL,
  done_at         BIGINT NOT NULL DEFAULT 0,
  UNIQUE (channel, provider_id),
  UNIQUE (conversation_id, seq)
);
CREATE INDEX events_waiting ON events (conversation_id, seq) WHERE state = 'waiting';
CREATE INDEX events_age ON events (stored_at) WHERE body IS NOT NULL;

CREATE TABLE acts (
  key TEXT PRIMARY KEY,
  at  BIGINT NOT NULL
);

CREATE TABLE outbox (
  id              %ID%,
  conversation_id BIGINT NOT NULL DEFAULT 0,
  seq             BIGINT NOT NULL DEFAULT 0,  -- order within the conversation's answers
  event_id        BIGINT NOT NULL DEFAULT 0,  -- the event it answers
  notice_id       BIGINT NOT NULL DEFAULT 0,  -- the notice it carries
  channel         TEXT NOT NULL,
  address         TEXT NOT NULL,
  lane            INTEGER NOT NULL,           -- 0 answer, 1 notice, 2 bulk
  part            %BYTES%,                    -- sealed JSON of the Part
  reply_token     TEXT NOT NULL DEFAULT '',
  state           TEXT NOT NULL DEFAULT 'waiting', -- waiting, claimed, sent, delivered, failed, unknown, skipped
  token           TEXT NOT NULL DEFAULT '',
  lease_until     BIGINT NOT NULL DEFAULT 0,
  begun_at        BIGINT NOT NULL DEFAULT 0,  -- when it was last claimed
  not_before      BIGINT NOT NULL DEFAULT 0,
  expires_at      BIGINT NOT NULL DEFAULT 0,  -- useless after; 0: never
  attempts        INTEGER NOT NULL DEFAULT 0,
  repeats         INTEGER NOT NULL DEFAULT 0, -- handed over anew after an unknown outcome
  provider_id     TEXT NOT NULL DEFAULT '',
  fail_class      TEXT NOT NULL DEFAULT '',
  fail_code       TEXT NOT NULL DEFAULT '',
  created_at      BIGINT NOT NULL,
  settled_at      BIGINT NOT NULL DEFAULT 0
);
CREATE INDEX outbox_claim ON outbox (channel, lane, not_before, id) WHERE state = 'waiting';
CREATE INDEX outbox_open ON outbox (conversation_id, seq) WHERE state IN ('waiting', 'claimed', 'unknown');
CREATE INDEX outbox_claimed ON outbox (channel, lease_until) WHERE state = 'claimed';
-- An unknown row with not_before is looked at again then; without, it stays unknown.
CREATE INDEX outbox_unknown ON outbox (channel, not_before) WHERE state = 'unknown' AND not_before > 0;
CREATE INDEX outbox_age ON outbox (created_at) WHERE part IS NOT NULL;
CREATE INDEX outbox_provider ON outbox (channel, provider_id) WHERE provider_id <> '';
CREATE INDEX outbox_notice ON outbox (notice_id) WHERE notice_id <> 0;

CREATE TABLE receipts (
  id          %ID%,
  channel     TEXT NOT NULL,
  provider_id TEXT NOT NULL,
  outbox_id   BIGINT NOT NULL DEFAULT 0,
  state       INTEGER NOT NULL,            -- bot.ReceiptState
  failure     TEXT NOT NULL DEFAULT '',    -- JSON of the SendError
  at          BIGINT NOT NULL,
  applied_at  BIGINT NOT NULL DEFAULT 0,
  UNIQUE (channel, provider_id, outbox_id, state)
);
CREATE INDEX receipts_open ON receipts (id) WHERE applied_at = 0;

CREATE TABLE channels (
  name         TEXT PRIMARY KEY,
  halted_at    BIGINT NOT NULL DEFAULT 0,  -- bulk is halted since; one probe per 30 s goes
  bad_in_row   INTEGER NOT NULL DEFAULT 0, -- unknowns or misconfigurations without a success between
  probe_at     BIGINT NOT NULL DEFAULT 0,
  paused_until BIGINT NOT NULL DEFAULT 0,  -- the provider said "not before"
  last_in_at   BIGINT NOT NULL DEFAULT 0,
  last_out_at  BIGINT NOT NULL DEFAULT 0
);

CREATE TABLE grants (
  name          TEXT PRIMARY KEY,
  sealed        %BYTES% NOT NULL,          -- JSON of bot.Grant
  generation    BIGINT NOT NULL,
  lease_token   TEXT NOT NULL DEFAULT '',
  lease_until   BIGINT NOT NULL DEFAULT 0
);

CREATE TABLE jobs (
  name        TEXT PRIMARY KEY,
  token       TEXT NOT NULL DEFAULT '',
  lease_until BIGINT NOT NULL DEFAULT 0,
  next_at     BIGINT NOT NULL DEFAULT 0,
  last_at     BIGINT NOT NULL DEFAULT 0,
  last_error  TEXT NOT NULL DEFAULT ''
);

-- Embedded only: what Redis holds at scale.
CREATE TABLE limits (
  key   TEXT PRIMARY KEY,
  used  INTEGER NOT NULL,
  until BIGINT NOT NULL
);

CREATE TABLE drafts (
  id              TEXT PRIMARY KEY,
  conversation_id BIGINT NOT NULL REFERENCES conversations(id),
  dialogue        TEXT NOT NULL,
  state           %BYTES% NOT NULL,        -- sealed
  code_hash       TEXT NOT NULL DEFAULT '',-- keyed hash of the code that continues it elsewhere
  updated_at      BIGINT NOT NULL,
  expires_at      BIGINT NOT NULL
);
CREATE INDEX drafts_conversation ON drafts (conversation_id, updated_at);
CREATE INDEX drafts_code ON drafts (code_hash) WHERE code_hash <> '';

CREATE TABLE link_codes (
  code_hash       TEXT PRIMARY KEY,
  conversation_id BIGINT NOT NULL REFERENCES conversations(id),
  expires_at      BIGINT NOT NULL
);

CREATE TABLE applications (
  id          %ID%,
  code        TEXT NOT NULL,               -- as the office writes it
  code_key    TEXT NOT NULL UNIQUE,        -- without case, spaces, dots, dashes
  form        TEXT NOT NULL DEFAULT 'dossier', -- dossier (someone filed), list (someone was put on a list)
  person_id   BIGINT NOT NULL REFERENCES people(id),
  unit_id     BIGINT NOT NULL REFERENCES units(id),
  programme   TEXT NOT NULL,
  status      INTEGER NOT NULL,            -- national status 1..10
  step        TEXT NOT NULL DEFAULT '',
  outcome     TEXT NOT NULL DEFAULT '',    -- granted, refused
  received    TEXT NOT NULL DEFAULT '',
  appointed   TEXT NOT NULL DEFAULT '',
  amount      BIGINT NOT NULL DEFAULT 0,   -- đồng
  missing     TEXT NOT NULL DEFAULT '',
  reason      TEXT NOT NULL DEFAULT '',
  decision    TEXT NOT NULL DEFAULT '',
  created_at  BIGINT NOT NULL,
  updated_at  BIGINT NOT NULL,
  changed_at  BIGINT NOT NULL              -- when status, step or outcome last changed
);
CREATE INDEX applications_person ON applications (person_id);
CREATE INDEX applications_unit ON applications (unit_id);

CREATE TABLE payouts (
  id           %ID%,
  person_id    BIGINT NOT NULL REFERENCES people(id),
  unit_id      BIGINT NOT NULL REFERENCES units(id),
  application_id BIGINT NOT NULL DEFAULT 0,
  broadcast_id BIGINT NOT NULL DEFAULT 0,  -- the schedule it came in
  notice_id    BIGINT NOT NULL DEFAULT 0,  -- the notice that announces it
  programme    TEXT NOT NULL,
  period       TEXT NOT NULL,              -- as the office writes it: '11/2026'
  amount       BIGINT NOT NULL DEFAULT 0,
  goods        TEXT NOT NULL DEFAULT '',
  pay_date     TEXT NOT NULL,
  hours        TEXT NOT NULL DEFAULT '',
  place        TEXT NOT NULL DEFAULT '',
  method       TEXT NOT NULL DEFAULT 'cash', -- cash, account, home
  papers       TEXT NOT NULL DEFAULT '',
  state        TEXT NOT NULL DEFAULT 'scheduled', -- draft, scheduled, paid, uncollected, bounced, returned, cancelled
  created_at   BIGINT NOT NULL,
  updated_at   BIGINT NOT NULL,
  UNIQUE (person_id, programme, period)
);
CREATE INDEX payouts_broadcast ON payouts (broadcast_id);
CREATE INDEX payouts_notice ON payouts (notice_id) WHERE notice_id <> 0;
CREATE INDEX payouts_unit ON payouts (unit_id, pay_date);

CREATE TABLE grievances (
  id              %ID%,
  code            TEXT NOT NULL UNIQUE,    -- PA-4821-7036-2
  draft_key       TEXT NOT NULL UNIQUE,    -- filing twice files once
  kind_suggested  TEXT NOT NULL,           -- complaint, proposal, report, question
  kind            TEXT NOT NULL DEFAULT '',-- an officer's decision
  topic           TEXT NOT NULL DEFAULT '',-- payout_missing, status_late, other
  unit_id         BIGINT NOT NULL REFERENCES units(id),
  desk            TEXT NOT NULL,           -- reception, head
  for_whom        TEXT NOT NULL,           -- self, family, other
  sealed          %BYTES% NOT NULL,        -- JSON: name, hamlet, text, contact wish
  conversation_id BIGINT NOT NULL DEFAULT 0,
  phone           TEXT NOT NULL DEFAULT '',
  person_id       BIGINT NOT NULL DEFAULT 0,
  application_id  BIGINT NOT NULL DEFAULT 0,
  payout_id       BIGINT NOT NULL DEFAULT 0,
  paid_disputed   INTEGER NOT NULL DEFAULT 0, -- the list says paid, the person says no
  incomplete      INTEGER NOT NULL DEFAULT 0, -- filed in one message: an officer calls back
  status          TEXT NOT NULL,
  filed_at        BIGINT NOT NULL,         -- when the message came
  answer_by       TEXT NOT NULL,           -- date
  signed_on       TEXT NOT NULL DEFAULT '',-- when the signed paper came; starts a complaint's clock
  updated_at      BIGINT NOT NULL,
  closed_at       BIGINT NOT NULL DEFAULT 0
);
CREATE INDEX grievances_conversation ON grievances (conversation_id);
CREATE INDEX grievances_phone ON grievances (phone) WHERE phone <> '';

CREATE TABLE grievance_moves (
  id           %ID%,
  grievance_id BIGINT NOT NULL REFERENCES grievances(id),
  at           BIGINT NOT NULL,
  by_whom      TEXT NOT NULL,              -- 'citizen', or the officer
  status       TEXT NOT NULL,              -- after the move
  sealed       %BYTES%                     -- JSON: note to the citizen, added text
);
CREATE INDEX grievance_moves_grievance ON grievance_moves (grievance_id);

CREATE TABLE attachments (
  id           %ID%,
  grievance_id BIGINT NOT NULL DEFAULT 0,
  event_id     BIGINT NOT NULL,
  channel      TEXT NOT NULL,
  ref          %BYTES% NOT NULL,           -- sealed JSON of the FileRef
  state        TEXT NOT NULL DEFAULT 'wanted', -- wanted, stored, refused, lost
  reason       TEXT NOT NULL DEFAULT '',
  sha256       TEXT NOT NULL DEFAULT '',
  media_type   TEXT NOT NULL DEFAULT '',
  size         BIGINT NOT NULL DEFAULT 0,
  attempts     INTEGER NOT NULL DEFAULT 0,
  next_at      BIGINT NOT NULL DEFAULT 0,
  created_at   BIGINT NOT NULL
);
CREATE INDEX attachments_wanted ON attachments (next_at) WHERE state = 'wanted';
CREATE INDEX attachments_age ON attachments (created_at) WHERE grievance_id = 0;
CREATE INDEX attachments_event ON attachments (event_id);
CREATE INDEX attachments_grievance ON attachments (grievance_id) WHERE grievance_id <> 0;

-- Texts that may accuse a person. Only the reception role above the unit opens them.
CREATE TABLE sealed_texts (
  id              %ID%,
  conversation_id BIGINT NOT NULL,
  event_id        BIGINT NOT NULL UNIQUE,
  unit_id         BIGINT NOT NULL DEFAULT 0, -- the unit concerned
  sealed          %BYTES%,
  at              BIGINT NOT NULL,
  gone_at         BIGINT NOT NULL            -- deleted then, unless entered as a case
);

CREATE TABLE tasks (
  id              %ID%,
  kind            TEXT NOT NULL,           -- callback, appointment, data_request, new_phone, death, wrong_number, parked, incomplete
  unit_id         BIGINT NOT NULL DEFAULT 0,
  conversation_id BIGINT NOT NULL DEFAULT 0,
  person_id       BIGINT NOT NULL DEFAULT 0,
  grievance_id    BIGINT NOT NULL DEFAULT 0,
  phone           TEXT NOT NULL DEFAULT '',
  sealed          %BYTES%,                 -- JSON: what it is about
  due             TEXT NOT NULL DEFAULT '',-- date, where a law or a promise sets one
  opened_at       BIGINT NOT NULL,
  closed_at       BIGINT NOT NULL DEFAULT 0,
  closed_by       TEXT NOT NULL DEFAULT ''
);
CREATE INDEX tasks_open ON tasks (kind, opened_at) WHERE closed_at = 0;

CREATE TABLE consents (
  id           %ID%,
  channel      TEXT NOT NULL,
  address      TEXT NOT NULL,
  purpose      TEXT NOT NULL,              -- news
  text_version TEXT NOT NULL,
  given        INTEGER NOT NULL,           -- 1 given, 0 refused or withdrawn
  at           BIGINT NOT NULL
);

CREATE TABLE opt_outs (
  channel TEXT NOT NULL,                   -- a channel's address, or 'sms' and the phone
  address TEXT NOT NULL,
  class   TEXT NOT NULL,                   -- all, payout, status, grievance, news
  why     TEXT NOT NULL,                   -- asked, provider, wrong_number
  since   BIGINT NOT NULL,
  PRIMARY KEY (channel, address, class)
);

-- One promise to tell somebody something. Recipients of a broadcast are notices too.
CREATE TABLE notices (
  id              %ID%,
  key             TEXT NOT NULL UNIQUE,    -- what makes it one: 'payout:<phone>:<day>:<place>', 'status:<application>:<change>'
  class           TEXT NOT NULL,           -- status, grievance, payout, task, news
  broadcast_id    BIGINT NOT NULL DEFAULT 0,
  unit_id         BIGINT NOT NULL DEFAULT 0,
  person_id       BIGINT NOT NULL DEFAULT 0,
  conversation_id BIGINT NOT NULL DEFAULT 0, -- tell here first, if set
  phone           TEXT NOT NULL DEFAULT '',
  words           %BYTES% NOT NULL,        -- sealed JSON: text key and arguments
  state           TEXT NOT NULL DEFAULT 'waiting', -- waiting, queued, sent, delivered, failed, unknown, skipped
  reason          TEXT NOT NULL DEFAULT '',-- of skipped or failed
  tried           TEXT NOT NULL DEFAULT '',-- channels tried, in order, comma separated
  not_before      BIGINT NOT NULL DEFAULT 0,
  expires_at      BIGINT NOT NULL DEFAULT 0,
  created_at      BIGINT NOT NULL,
  settled_at      BIGINT NOT NULL DEFAULT 0
);
CREATE INDEX notices_waiting ON notices (not_before, id) WHERE state = 'waiting' AND broadcast_id = 0;
CREATE INDEX notices_broadcast ON notices (broadcast_id, state, id) WHERE broadcast_id <> 0;
CREATE INDEX notices_age ON notices (settled_at) WHERE LENGTH(words) > 0 AND settled_at > 0;
CREATE INDEX notices_person ON notices (person_id) WHERE person_id <> 0 AND state IN ('waiting', 'queued');
CREATE INDEX notices_phone ON notices (phone) WHERE phone <> '' AND state IN ('waiting', 'queued');

CREATE TABLE broadcasts (
  id          %ID%,
  unit_id     BIGINT NOT NULL DEFAULT 0,
  kind        TEXT NOT NULL,               -- payouts
  title       TEXT NOT NULL,
  state       TEXT NOT NULL,               -- draft, sending, paused, done, cancelled
  import_id   BIGINT NOT NULL DEFAULT 0,
  cursor_id   BIGINT NOT NULL DEFAULT 0,   -- last notice moved to the outbox
  created_at  BIGINT NOT NULL,
  started_at  BIGINT NOT NULL DEFAULT 0,
  ended_at    BIGINT NOT NULL DEFAULT 0
);

CREATE TABLE imports (
  id         %ID%,
  kind       TEXT NOT NULL,                -- applications, payouts, units, people
  unit_id    BIGINT NOT NULL DEFAULT 0,
  file_name  TEXT NOT NULL,
  sha256     TEXT NOT NULL,
  state      TEXT NOT NULL,                -- staging, checked, applying, applied, refused
  broadcast_id BIGINT NOT NULL DEFAULT 0,  -- the draft schedule that it makes
  quiet_units  TEXT NOT NULL DEFAULT '[]', -- JSON: units whose first import this is; their people are not told
  counts       TEXT NOT NULL DEFAULT '',   -- JSON: what was found and done
  rows_total INTEGER NOT NULL DEFAULT 0,
  rows_bad   INTEGER NOT NULL DEFAULT 0,
  applied_to INTEGER NOT NULL DEFAULT 0,   -- the last row applied; restarts go on after it
  notify     INTEGER NOT NULL DEFAULT 0,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL
);

CREATE TABLE import_rows (
  import_id BIGINT NOT NULL REFERENCES imports(id),
  row       INTEGER NOT NULL,              -- as a spreadsheet counts: the header is 1
  sealed    %BYTES%,                       -- JSON of the checked row
  row_key   TEXT NOT NULL DEFAULT '',      -- keyed hash of what must not be there twice
  rejected  TEXT NOT NULL DEFAULT '',      -- JSON: [{column, reason}]
  PRIMARY KEY (import_id, row)
);
CREATE INDEX import_rows_key ON import_rows (import_id, row_key) WHERE row_key <> '';
CREATE INDEX import_rows_bad ON import_rows (import_id, row) WHERE rejected <> '';

CREATE TABLE audit (
  id     %ID%,
  at     BIGINT NOT NULL,
  who    TEXT NOT NULL,                    -- 'citizen', 'system', or a user
  action TEXT NOT NULL,
  object TEXT NOT NULL,                    -- kind and id, never a name
  detail TEXT NOT NULL DEFAULT ''          -- no personal data
);

CREATE TABLE chat_log (
  id              %ID%,                    -- what Last-Event-ID counts
  conversation_id BIGINT NOT NULL,
  author          TEXT NOT NULL,           -- person, bot
  outbox_id       BIGINT NOT NULL DEFAULT 0, -- what the bot said
  event_id        BIGINT NOT NULL DEFAULT 0, -- what the person said
  sealed          %BYTES%,                 -- JSON of a Part; NULL once it is gone
  class           TEXT NOT NULL DEFAULT 'body',
  at              BIGINT NOT NULL
);
CREATE INDEX chat_log_event ON chat_log (event_id) WHERE event_id <> 0;
CREATE INDEX chat_log_age ON chat_log (at) WHERE sealed IS NOT NULL;
CREATE UNIQUE INDEX chat_log_outbox ON chat_log (outbox_id) WHERE outbox_id <> 0;
CREATE INDEX chat_log_conversation ON chat_log (conversation_id, id);
