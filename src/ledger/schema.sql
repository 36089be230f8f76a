-- The ledger of a case. Anyone may open it with sqlite3 and query it; only breachscope writes to it.
-- Times are milliseconds since 1970-01-01 UTC, confidences thousandths. No clear value is in here, but paths are.

-- Where items were listed.
CREATE TABLE source (id INTEGER PRIMARY KEY, root BLOB NOT NULL UNIQUE);

-- One scan. Its profile is a digest of the rules, the options and the limits it ran with.
CREATE TABLE run (
    id INTEGER PRIMARY KEY,
    started_ms INTEGER NOT NULL,
    ended_ms INTEGER,
    is_complete INTEGER NOT NULL DEFAULT 0,
    version TEXT NOT NULL,
    profile BLOB NOT NULL,
    rules BLOB NOT NULL,
    options TEXT NOT NULL
);

-- One row: commits so far that changed records, the number of the next file, and the key of the items' short names.
CREATE TABLE state (generation INTEGER NOT NULL, next_file INTEGER NOT NULL, id_key BLOB NOT NULL);

-- One listed file (nth = 0), or a member of it: nth counts members outermost first, parent is the nth of its container.
CREATE TABLE item (
    source INTEGER NOT NULL,
    key BLOB NOT NULL,
    nth INTEGER NOT NULL,
    file INTEGER NOT NULL,
    run INTEGER NOT NULL,
    parent INTEGER,
    size INTEGER NOT NULL,
    modified_ms INTEGER,
    outcome TEXT NOT NULL,
    fault TEXT,
    media TEXT NOT NULL,
    class TEXT,
    subclass TEXT,
    confidence INTEGER,
    language TEXT,
    region TEXT,
    created_day INTEGER,
    blake3 BLOB,
    sha256 BLOB,
    folder_subject BLOB,
    folder_controller BLOB,
    members BLOB NOT NULL,
    faults TEXT NOT NULL,
    verdict TEXT,
    facts TEXT NOT NULL,
    stamp INTEGER,
    PRIMARY KEY (source, key, nth)
) WITHOUT ROWID;

-- What a second scan asks of every listed file, without reading the rest of its row.
CREATE INDEX listed ON item (source, key, run, size, modified_ms, outcome, stamp) WHERE nth = 0;

-- One piece of personal data; file and nth name its item.
CREATE TABLE finding (
    file INTEGER NOT NULL,
    nth INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    kind TEXT NOT NULL,
    scheme TEXT NOT NULL,
    part TEXT NOT NULL,
    page INTEGER,
    field TEXT,
    first INTEGER NOT NULL,
    past INTEGER NOT NULL,
    confidence INTEGER NOT NULL,
    mask TEXT NOT NULL,
    token BLOB NOT NULL,
    role TEXT NOT NULL,
    mention INTEGER,
    hints TEXT,
    alternatives TEXT,
    name_parts BLOB,
    sealed BLOB,
    PRIMARY KEY (file, nth, seq)
) WITHOUT ROWID;

CREATE VIEW files AS
SELECT source, CAST(key AS TEXT) AS path, size, outcome, fault, media, class, subclass, confidence, language, region,
       (SELECT count(*) FROM finding WHERE finding.file = item.file) AS findings
FROM item WHERE nth = 0;
