CREATE TABLE account (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  email TEXT NOT NULL,
  name TEXT NOT NULL DEFAULT '',
  kind TEXT NOT NULL DEFAULT 'imap',
  settings TEXT NOT NULL DEFAULT '{}',          -- JSON of model::ServerSettings; never a secret
  state TEXT NOT NULL DEFAULT 'connecting',
  why TEXT NOT NULL DEFAULT '',
  created_at INTEGER NOT NULL DEFAULT 0,
  removing INTEGER NOT NULL DEFAULT 0,          -- 1: hidden, its rows are being deleted
  messages INTEGER NOT NULL DEFAULT 0,          -- messages with a visible placement
  bodies INTEGER NOT NULL DEFAULT 0,            -- of these, with the raw message here and indexed
  failed INTEGER NOT NULL DEFAULT 0             -- of these, whose body the server does not give
) STRICT;
CREATE TABLE act (
  id TEXT PRIMARY KEY NOT NULL,                 -- UUIDv7; the trace in the ERP
  act TEXT NOT NULL,                            -- JSON of protocol's Act
  about TEXT NOT NULL DEFAULT '',               -- the conversation it came from; empty: none
  state TEXT NOT NULL DEFAULT 'planned',        -- of the outcome
  wants TEXT NOT NULL DEFAULT '',               -- preview, do or ask: to be told to the server
  seen TEXT NOT NULL DEFAULT '',                -- token of the preview somebody said yes to
  outcome TEXT NOT NULL DEFAULT '',             -- JSON of protocol's ActOutcome; empty: nothing was told
  made_at INTEGER NOT NULL,
  changed_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX act_wants ON act (made_at) WHERE wants <> '';
CREATE TABLE blob (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  hash BLOB NOT NULL UNIQUE,                    -- SHA-256 of the raw bytes
  size INTEGER NOT NULL,                        -- raw bytes
  codec INTEGER NOT NULL DEFAULT 1              -- 1: zstd frames
, dictionary_id INTEGER REFERENCES dictionary(id), pack_id INTEGER REFERENCES pack(id), pack_offset INTEGER, pack_length INTEGER) STRICT;
CREATE INDEX blob_pack ON blob (pack_id) WHERE pack_id IS NOT NULL;
CREATE TABLE blob_chunk (
  id INTEGER PRIMARY KEY,                       -- blob_id * 4096 + number: no index needed, chunks lie together
  data BLOB NOT NULL
) STRICT;
CREATE TABLE change (
  id INTEGER PRIMARY KEY AUTOINCREMENT,         -- the number readers ask by: never reused
  at INTEGER NOT NULL,
  entry TEXT NOT NULL                           -- JSON of model::Change
) STRICT;
CREATE TABLE customer (
  id TEXT PRIMARY KEY NOT NULL,                 -- the ERP's
  version INTEGER NOT NULL,                     -- larger than before when it or a document of it changed
  name TEXT NOT NULL,
  folded TEXT NOT NULL                          -- the name as search compares it
, gone INTEGER NOT NULL DEFAULT 0, tax TEXT NOT NULL DEFAULT '', place TEXT NOT NULL DEFAULT '') STRICT, WITHOUT ROWID;
CREATE INDEX customer_folded ON customer (folded, place) WHERE place <> '';
CREATE INDEX customer_name ON customer (gone, name, id);
CREATE INDEX customer_tax ON customer (tax) WHERE tax <> '';
CREATE TABLE customer_address (
  address TEXT NOT NULL,                        -- lower case
  domain TEXT NOT NULL,
  customer TEXT NOT NULL,
  PRIMARY KEY (address, customer)
) STRICT, WITHOUT ROWID;
CREATE INDEX customer_address_customer ON customer_address (customer);
CREATE INDEX customer_address_domain ON customer_address (domain, customer);
CREATE TABLE customer_card (
  customer TEXT PRIMARY KEY NOT NULL,
  seen_at INTEGER NOT NULL,                     -- when the ERP was last seen to say so
  card TEXT NOT NULL                            -- JSON of protocol's CustomerCard
) STRICT, WITHOUT ROWID;
CREATE TABLE customer_word (
  word TEXT NOT NULL,                           -- folded
  customer TEXT NOT NULL,
  PRIMARY KEY (word, customer)
) STRICT, WITHOUT ROWID;
CREATE TABLE day (
  id INTEGER PRIMARY KEY,                       -- UTC day of doc, counted from 1970-01-01
  messages INTEGER NOT NULL                     -- with a visible placement: totals of date ranges are sums of these
) STRICT;
CREATE TABLE dictionary (
  id INTEGER PRIMARY KEY,                       -- the beginning of SHA-256 of the data
  data BLOB NOT NULL
) STRICT;
CREATE TABLE document (
  row INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,                      -- the ERP's
  customer TEXT NOT NULL,
  version INTEGER NOT NULL,
  kind TEXT NOT NULL,                           -- offer, order, invoice, credit_note
  number TEXT NOT NULL,                         -- as people know it
  number_key TEXT NOT NULL,                     -- as it is looked up
  their_key TEXT,                               -- the same of the customer's own number for it
  date TEXT NOT NULL,                           -- YYYY-MM-DD; empty: unknown
  due TEXT,
  currency TEXT NOT NULL,
  total INTEGER NOT NULL,                       -- ten-thousandths
  paid INTEGER NOT NULL,
  status TEXT NOT NULL,
  issued INTEGER NOT NULL,                      -- 0: a draft
  seen_at INTEGER NOT NULL,                     -- when the ERP was last seen to say so
  body TEXT NOT NULL                            -- JSON: the rest of it
, packed BLOB) STRICT;
CREATE INDEX document_billed ON document (customer, date, currency, kind, total)
  WHERE kind IN ('invoice', 'credit_note') AND issued = 1;
CREATE INDEX document_bought ON document (customer, date)
  WHERE kind IN ('order', 'invoice') AND issued = 1 AND date <> '';
CREATE INDEX document_newest ON document (customer, date, row);
CREATE INDEX document_number ON document (number_key);
CREATE INDEX document_promised ON document (customer, due, status) WHERE kind = 'order' AND due IS NOT NULL;
CREATE INDEX document_theirs ON document (their_key) WHERE their_key IS NOT NULL;
CREATE INDEX document_unpaid ON document (customer, due)
  WHERE kind = 'invoice' AND issued = 1 AND total > paid AND due IS NOT NULL;
CREATE TABLE document_past (
  row INTEGER PRIMARY KEY AUTOINCREMENT,
  document TEXT NOT NULL,                       -- the ERP's id
  customer TEXT NOT NULL,
  number TEXT NOT NULL,
  number_key TEXT NOT NULL,
  until INTEGER NOT NULL,                       -- when another state came to be known here
  date TEXT NOT NULL,
  due TEXT,
  currency TEXT NOT NULL,
  total INTEGER NOT NULL,                       -- ten-thousandths
  paid INTEGER NOT NULL,
  status TEXT NOT NULL,
  issued INTEGER NOT NULL,
  body TEXT NOT NULL                            -- JSON: the rest of it
, packed BLOB) STRICT;
CREATE INDEX document_past_customer ON document_past (customer, until);
CREATE INDEX document_past_document ON document_past (document, row);
CREATE INDEX document_past_number ON document_past (number_key);
CREATE TABLE draft (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  account_id INTEGER NOT NULL REFERENCES account(id),
  message_id TEXT NOT NULL,                     -- fixed at the first save
  content TEXT NOT NULL,                        -- the engine's own JSON
  answers INTEGER,                              -- message.id
  updated_at INTEGER NOT NULL,
  mirrored_at INTEGER NOT NULL DEFAULT 0,       -- updated_at of what the server has; 0: nothing
  mirror_folder_id INTEGER,
  mirror_uidvalidity INTEGER NOT NULL DEFAULT 0,
  mirror_uid INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX draft_account ON draft (account_id);
CREATE TABLE facts (
  id INTEGER PRIMARY KEY CHECK (id = 1),        -- one company
  life TEXT NOT NULL,                           -- names the versions; empty: no ERP is connected
  directory INTEGER NOT NULL DEFAULT 0,         -- the directory was read up to this version
  state TEXT NOT NULL,                          -- JSON of protocol's FactsState
  told_at INTEGER NOT NULL                      -- when the server last said so
, products INTEGER NOT NULL DEFAULT 0) STRICT;
CREATE TABLE folder (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  account_id INTEGER NOT NULL REFERENCES account(id),
  wire TEXT NOT NULL,                           -- the server's own spelling: the key
  path TEXT NOT NULL,
  delimiter TEXT,
  role TEXT,
  selectable INTEGER NOT NULL DEFAULT 1,
  uidvalidity INTEGER NOT NULL DEFAULT 0,
  uidnext INTEGER NOT NULL DEFAULT 0,
  highestmodseq INTEGER NOT NULL DEFAULT 0,
  listed INTEGER NOT NULL DEFAULT 0,            -- 1: its newest 200 envelopes are stored
  remote_total INTEGER NOT NULL DEFAULT 0,      -- messages on the server when last looked
  total INTEGER NOT NULL DEFAULT 0,
  unread INTEGER NOT NULL DEFAULT 0,
  removing INTEGER NOT NULL DEFAULT 0,          -- 1: gone from the server, its rows are being deleted
  UNIQUE (account_id, wire)
) STRICT;
CREATE TABLE followed (
  customer TEXT PRIMARY KEY NOT NULL,
  held INTEGER NOT NULL DEFAULT 0,              -- version up to which its facts are here; 0: none are
  wanted INTEGER NOT NULL,                      -- 1: there is something newer
  used_at INTEGER NOT NULL                      -- its newest mail, or when somebody last looked
) STRICT, WITHOUT ROWID;
CREATE INDEX followed_used ON followed (used_at);
CREATE INDEX followed_wanted ON followed (used_at) WHERE wanted = 1;
CREATE TABLE layer_stat (
  account_id INTEGER NOT NULL REFERENCES account(id),
  layer TEXT NOT NULL,
  last_at INTEGER NOT NULL DEFAULT 0,
  found INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (account_id, layer)
) STRICT, WITHOUT ROWID;
CREATE TABLE mail_address (
  address TEXT PRIMARY KEY NOT NULL,            -- lower case
  last_at INTEGER NOT NULL                      -- date of the newest such mail
) STRICT, WITHOUT ROWID;
CREATE TABLE message (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  account_id INTEGER NOT NULL REFERENCES account(id),
  thread_id INTEGER NOT NULL REFERENCES thread(id),
  blob_id INTEGER REFERENCES blob(id),
  doc INTEGER NOT NULL UNIQUE,                  -- seconds << 6 | number: order of lists, row id in search
  date INTEGER NOT NULL,
  internal_date INTEGER NOT NULL,
  size INTEGER NOT NULL,
  places INTEGER NOT NULL DEFAULT 0,            -- visible placements; 0: gone, or about to be
  body INTEGER NOT NULL DEFAULT 0,              -- 0 missing, 1 here and searchable, 2 not to be had
  has_attachment INTEGER,
  loose INTEGER NOT NULL DEFAULT 0,             -- 1: a reply by its subject that names no other message
  key INTEGER NOT NULL,                         -- hash of the Message-ID, or of what stands in for it
  subject_key INTEGER,                          -- hash of the folded base subject; NULL: too short to mean anything
  orphaned_at INTEGER,                          -- when the last placement went
  message_id TEXT,
  subject TEXT NOT NULL DEFAULT '',
  preview TEXT NOT NULL DEFAULT '',
  people TEXT NOT NULL DEFAULT '',              -- JSON: from, to, cc, reply-to, each [[name, address]]
  refs TEXT NOT NULL DEFAULT ''                 -- JSON: in-reply-to, references; empty: none
, text_form INTEGER, text_start INTEGER, text_end INTEGER) STRICT;
CREATE INDEX message_attachment ON message (doc) WHERE has_attachment = 1 AND places > 0;
CREATE INDEX message_blob ON message (blob_id) WHERE blob_id IS NOT NULL;
CREATE INDEX message_key ON message (key);
CREATE INDEX message_loose ON message (subject_key, doc) WHERE loose = 1;
CREATE INDEX message_missing ON message (account_id, doc) WHERE body = 0;
CREATE INDEX message_orphan ON message (doc) WHERE places = 0;
CREATE INDEX message_subject ON message (subject_key, doc) WHERE subject_key IS NOT NULL;
CREATE INDEX message_thread ON message (thread_id, doc);
CREATE TABLE message_text (
  id INTEGER PRIMARY KEY REFERENCES message(id),
  data BLOB NOT NULL                            -- a zstd frame, at most 16 KiB of text
, follows_raw INTEGER NOT NULL DEFAULT 0) STRICT;
CREATE TABLE migration (
           id INTEGER PRIMARY KEY AUTOINCREMENT,
           name TEXT NOT NULL UNIQUE,
           sql TEXT NOT NULL
         ) STRICT;
CREATE TABLE note (
  subject TEXT PRIMARY KEY NOT NULL,
  version INTEGER NOT NULL,                     -- how many operations made it
  generation INTEGER NOT NULL,                  -- another one: operations were taken out, documents in memory are void
  head INTEGER NOT NULL,                        -- team_op.id of the last operation in it
  text TEXT NOT NULL,
  text_head INTEGER NOT NULL,                   -- head when text was written; a long text lags behind
  updated_at INTEGER NOT NULL,
  updated_by TEXT                               -- member; NULL before any team
) STRICT;
CREATE TABLE note_base (
  org TEXT NOT NULL,
  subject TEXT NOT NULL,
  edits INTEGER NOT NULL,                       -- how many are in it
  loose INTEGER NOT NULL DEFAULT 0,             -- 1: the server's store has another life and may lack some of them
  document BLOB NOT NULL,                       -- Loro's snapshot
  PRIMARY KEY (org, subject)
) STRICT;
CREATE INDEX note_base_loose ON note_base (org) WHERE loose = 1;
CREATE TABLE note_file (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  hash BLOB NOT NULL UNIQUE,                    -- SHA-256 of its bytes
  size INTEGER NOT NULL,
  received INTEGER NOT NULL,                    -- bytes that are here, from the beginning
  whole INTEGER NOT NULL,                       -- 1: all are here and have the hash
  wanted INTEGER NOT NULL DEFAULT 0,            -- 1: to be fetched
  absent INTEGER NOT NULL DEFAULT 0,            -- 1: the server did not have it when it was asked last
  org TEXT,                                     -- whose it is; NULL before any team
  epoch TEXT                                    -- life of the server's store that has it
) STRICT;
CREATE INDEX note_file_epoch ON note_file (epoch) WHERE whole = 1;
CREATE INDEX note_file_wanted ON note_file (wanted) WHERE wanted = 1;
CREATE TABLE note_file_part (
  id INTEGER PRIMARY KEY,                       -- note_file.id * 4096 + number: parts lie together
  data BLOB NOT NULL                            -- 256 KiB, the last one less
) STRICT;
CREATE TABLE note_snapshot (
  subject TEXT PRIMARY KEY NOT NULL,
  head INTEGER NOT NULL,                        -- team_op.id of the last operation in it
  document BLOB NOT NULL                        -- Loro's snapshot
) STRICT;
CREATE TABLE operation (
  id INTEGER PRIMARY KEY AUTOINCREMENT,         -- the order they are carried out in, per account
  account_id INTEGER NOT NULL,
  message_id INTEGER NOT NULL,
  placement_id INTEGER NOT NULL,
  folder_id INTEGER NOT NULL,                   -- where the server has it
  uid INTEGER,                                  -- NULL: an earlier operation moves it there
  action TEXT NOT NULL,                         -- JSON of model::Action
  kind TEXT NOT NULL,                           -- flags, move, delete
  to_folder_id INTEGER,
  state TEXT NOT NULL DEFAULT 'pending',
  claimed INTEGER NOT NULL DEFAULT 0,           -- 1: being carried out just now
  attempts INTEGER NOT NULL DEFAULT 0,
  next_at INTEGER NOT NULL DEFAULT 0,
  error TEXT NOT NULL DEFAULT '',
  created_at INTEGER NOT NULL,
  done_at INTEGER
) STRICT;
CREATE INDEX operation_folder ON operation (folder_id) WHERE state = 'pending';
CREATE INDEX operation_pending ON operation (account_id, id) WHERE state = 'pending';
CREATE INDEX operation_placement ON operation (placement_id, id) WHERE state = 'pending';
CREATE TABLE outbox (
  id INTEGER PRIMARY KEY AUTOINCREMENT,         -- never reused: a retry must not find another mail
  account_id INTEGER NOT NULL REFERENCES account(id),
  message_id TEXT NOT NULL UNIQUE,              -- without angle brackets; kept after the mail was sent
  blob_id INTEGER REFERENCES blob(id),          -- NULL once forgotten
  sender TEXT NOT NULL,
  recipients TEXT NOT NULL,                     -- JSON: addresses of the SMTP envelope, Bcc included
  subject TEXT NOT NULL DEFAULT '',
  shown_to TEXT NOT NULL DEFAULT '[]',          -- JSON of model::Address
  answers INTEGER,                              -- message.id that gets \Answered
  draft_id INTEGER,
  state TEXT NOT NULL DEFAULT 'queued',
  attempts INTEGER NOT NULL DEFAULT 0,
  due INTEGER NOT NULL,
  error TEXT NOT NULL DEFAULT '',
  sent_copy TEXT NOT NULL DEFAULT 'none',       -- none, needed, filed
  created_at INTEGER NOT NULL,
  changed_at INTEGER NOT NULL
, asked_at INTEGER, held INTEGER NOT NULL DEFAULT 0) STRICT;
CREATE INDEX outbox_account ON outbox (account_id);
CREATE INDEX outbox_blob ON outbox (blob_id) WHERE blob_id IS NOT NULL;
CREATE INDEX outbox_waiting ON outbox (due) WHERE state = 'queued';
CREATE TABLE pack (
  id INTEGER PRIMARY KEY AUTOINCREMENT,         -- packs/ID.pack; never reused: a file left behind must not be taken for another
  length INTEGER NOT NULL DEFAULT 0,            -- bytes that rows may refer to
  synced INTEGER NOT NULL DEFAULT 0,            -- of these, known to be on the disk
  live INTEGER NOT NULL DEFAULT 0               -- bytes that rows do refer to
) STRICT;
CREATE TABLE paper_number (
  message_id INTEGER NOT NULL REFERENCES message(id),
  part INTEGER NOT NULL,                        -- which of the mail's attachments
  key TEXT NOT NULL,                            -- as documents are looked up
  PRIMARY KEY (message_id, part, key)
) STRICT, WITHOUT ROWID;
CREATE INDEX paper_number_key ON paper_number (key);
CREATE TABLE paper_read (
  message_id INTEGER PRIMARY KEY REFERENCES message(id),
  reader INTEGER NOT NULL                       -- which reader looked: a better one looks again
) STRICT;
CREATE TABLE placement (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  folder_id INTEGER NOT NULL REFERENCES folder(id),
  message_id INTEGER NOT NULL REFERENCES message(id),
  uid INTEGER,                                  -- NULL: moved here, or UIDVALIDITY changed; the server will tell
  doc INTEGER NOT NULL,                         -- message.doc: the order of the folder's list
  flags INTEGER NOT NULL DEFAULT 0,             -- shown: bits of model::Flags
  keywords TEXT NOT NULL DEFAULT '',            -- shown: words, one space between
  server_flags INTEGER NOT NULL DEFAULT 0,
  server_keywords TEXT NOT NULL DEFAULT '',
  hidden INTEGER NOT NULL DEFAULT 0,            -- 1: deleted here, not yet at the server
  stale INTEGER NOT NULL DEFAULT 0,             -- 1: its UID became void with UIDVALIDITY
  UNIQUE (folder_id, uid)
) STRICT;
CREATE INDEX placement_answered ON placement (doc) WHERE hidden = 0 AND flags & 2 <> 0;
CREATE INDEX placement_flagged ON placement (doc) WHERE hidden = 0 AND flags & 4 <> 0;
CREATE INDEX placement_list ON placement (folder_id, doc) WHERE hidden = 0;
CREATE INDEX placement_message ON placement (message_id);
CREATE INDEX placement_unread ON placement (doc) WHERE hidden = 0 AND flags & 1 = 0;
CREATE TABLE product (
  id TEXT PRIMARY KEY NOT NULL,                 -- the ERP's
  version INTEGER NOT NULL,
  code TEXT NOT NULL,                           -- as lines of documents name it; may be empty
  number TEXT NOT NULL,                         -- in the register; may be empty
  name TEXT NOT NULL,
  folded TEXT NOT NULL,                         -- code, number and name as search compares them
  body TEXT NOT NULL                            -- JSON of protocol's ProductRow
) STRICT, WITHOUT ROWID;
CREATE INDEX product_code ON product (code) WHERE code <> '';
CREATE TABLE record_field (
  subject TEXT NOT NULL,
  field TEXT NOT NULL,
  folded TEXT NOT NULL,                         -- JSON of protocol's Field
  conflict TEXT,                                -- id of the open one
  PRIMARY KEY (subject, field)
) STRICT, WITHOUT ROWID;
CREATE INDEX record_field_conflict ON record_field (conflict) WHERE conflict IS NOT NULL;
CREATE TABLE ruled (
  message_id INTEGER PRIMARY KEY,               -- its row goes with the message
  waits INTEGER NOT NULL                        -- 1: its body is not here, so it was not looked at
) STRICT;
CREATE INDEX ruled_waits ON ruled (message_id) WHERE waits = 1;
CREATE VIRTUAL TABLE search USING fts5 (
  subject, sender, recipients, body, attachments,
  content = '', contentless_delete = 1, detail = full, tokenize = 'ascii'
);
CREATE VIRTUAL TABLE search_instance USING fts5vocab (search, instance);
CREATE TABLE search_stretch (
  id INTEGER PRIMARY KEY,                       -- seven weeks of doc
  version INTEGER NOT NULL                      -- counts the transactions that changed the index there
) STRICT;
CREATE TABLE setting (
  name TEXT PRIMARY KEY NOT NULL,
  value TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE sync_request (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  account_id INTEGER,                           -- NULL: all accounts
  what TEXT NOT NULL,                           -- the engine's own words, JSON
  at INTEGER NOT NULL,
  done_at INTEGER,
  answer TEXT                                   -- the engine's own words, JSON
) STRICT;
CREATE INDEX sync_request_open ON sync_request (id) WHERE done_at IS NULL;
CREATE TABLE team (
  id INTEGER PRIMARY KEY CHECK (id = 1),        -- one team at a time
  server TEXT NOT NULL,                         -- its address; empty: the server inside this program
  org TEXT NOT NULL,
  name TEXT NOT NULL,
  thread_key TEXT NOT NULL,
  member TEXT NOT NULL,                         -- who we are there
  device TEXT NOT NULL,
  epoch TEXT,                                   -- the server store's life; NULL before the first welcome
  cursor INTEGER NOT NULL DEFAULT 0,            -- last event stored here
  head INTEGER NOT NULL DEFAULT 0,              -- last event known to exist
  joined_at INTEGER NOT NULL,
  left_at INTEGER
, snapshot TEXT) STRICT;
CREATE TABLE team_member (
  member TEXT PRIMARY KEY NOT NULL,
  name TEXT NOT NULL,
  email TEXT NOT NULL,
  role TEXT NOT NULL,
  active INTEGER NOT NULL                       -- 0: removed; their words stay
) STRICT, WITHOUT ROWID;
CREATE TABLE team_op (
  id INTEGER PRIMARY KEY AUTOINCREMENT,         -- the order in which this profile came to know them
  op_id TEXT NOT NULL UNIQUE,
  org TEXT,                                     -- NULL: made before any team was joined
  subject TEXT NOT NULL,
  kind TEXT NOT NULL,                           -- of the body
  what TEXT NOT NULL,                           -- kind as the activity list has it: mention, assign, conflict, …
  body TEXT NOT NULL,                           -- JSON, exactly as summed
  checksum TEXT NOT NULL,
  occurred_at INTEGER NOT NULL,                 -- nanoseconds since 1970: they are summed, too
  stored_at INTEGER NOT NULL,
  member TEXT,                                  -- NULL before any team was joined
  device TEXT,
  seq INTEGER,                                  -- the server's number
  received_at INTEGER,                          -- when the server's word came
  state TEXT NOT NULL,                          -- waiting, accepted, rejected, left (with its team)
  reason TEXT NOT NULL DEFAULT '',              -- of a rejection
  added INTEGER NOT NULL DEFAULT 0,             -- characters a note's edit added
  removed INTEGER NOT NULL DEFAULT 0,
  excerpt TEXT NOT NULL DEFAULT ''              -- how what was added begins
, within INTEGER) STRICT;
CREATE INDEX team_op_occurred ON team_op (occurred_at);
CREATE INDEX team_op_seq ON team_op (seq) WHERE seq IS NOT NULL;
CREATE INDEX team_op_subject ON team_op (subject, kind);
CREATE INDEX team_op_waiting ON team_op (id) WHERE state = 'waiting';
CREATE INDEX team_op_within ON team_op (id) WHERE within = 0;
CREATE TABLE team_within (
  id INTEGER PRIMARY KEY CHECK (id = 1),        -- one such server
  org TEXT NOT NULL,                            -- its organisation of one
  member TEXT NOT NULL,
  device TEXT NOT NULL,
  token TEXT NOT NULL,                          -- opens nothing but the file beside this one
  epoch TEXT,                                   -- that file's life; NULL before the first welcome
  cursor INTEGER NOT NULL DEFAULT 0,            -- last event of it that was read
  head INTEGER NOT NULL DEFAULT 0               -- last event known to exist
) STRICT;
CREATE TABLE thread (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  messages INTEGER NOT NULL DEFAULT 0,          -- with a visible placement
  oldest INTEGER NOT NULL DEFAULT 0,            -- doc of the message the subject is of
  subject TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE TABLE thread_folder (
  folder_id INTEGER NOT NULL REFERENCES folder(id),
  thread_id INTEGER NOT NULL REFERENCES thread(id),
  newest INTEGER NOT NULL,                      -- doc of the newest message here: the order of the list
  count INTEGER NOT NULL,
  unread INTEGER NOT NULL,
  flagged INTEGER NOT NULL,
  answered INTEGER NOT NULL,
  attachments INTEGER NOT NULL,
  PRIMARY KEY (folder_id, thread_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX thread_folder_list ON thread_folder (folder_id, newest);
CREATE INDEX thread_folder_thread ON thread_folder (thread_id);
CREATE TABLE thread_node (
  id INTEGER PRIMARY KEY,                       -- hash of a Message-ID seen or referred to
  thread_id INTEGER NOT NULL REFERENCES thread(id)
) STRICT;
CREATE INDEX thread_node_thread ON thread_node (thread_id);
CREATE TABLE trusted_sender (
  address TEXT PRIMARY KEY NOT NULL,            -- model::Address::key
  at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE word (
  text TEXT PRIMARY KEY NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE word_fresh (
  id INTEGER PRIMARY KEY,
  words TEXT NOT NULL                           -- of one batch, one space between; not yet in word
) STRICT;
