-- Invitations, mail, terms, and what guests are given.

-- Who decided the acceptance; NULL while pending. And since when sessions of this guest count.
ALTER TABLE guests ADD COLUMN acceptance TEXT;
ALTER TABLE guests ADD COLUMN sessions_valid_from BIGINT;

-- The operator's word for the version of the terms; and whom the guest was known as then.
ALTER TABLE consents ADD COLUMN version TEXT;
ALTER TABLE consents ADD COLUMN principal_name TEXT;
ALTER TABLE consents ADD COLUMN mail TEXT;
ALTER TABLE consents ADD COLUMN display_name TEXT;
CREATE INDEX consents_matter ON consents (tenant, matter, id);

-- Events of one invitation are its timeline.
ALTER TABLE audit_events ADD COLUMN invitation TEXT;
CREATE INDEX audit_events_invitation ON audit_events (invitation, id) WHERE invitation IS NOT NULL;

-- What became of an invitation is read from its guest: it is for one redemption of theirs.
CREATE TABLE invitations (
    tenant      TEXT    NOT NULL,
    id          TEXT    NOT NULL,
    guest       TEXT    NOT NULL,
    redemption  BIGINT  NOT NULL,
    invited_key TEXT    NOT NULL,
    invited     TEXT    NOT NULL,
    -- JSON.
    destination TEXT    NOT NULL,
    inviter     TEXT,
    message     TEXT,
    cc          TEXT,
    language    TEXT    NOT NULL,
    is_mailed   BOOLEAN NOT NULL,
    created_at  BIGINT  NOT NULL,
    expires_at  BIGINT,
    revoked_at  BIGINT,
    PRIMARY KEY (tenant, id),
    FOREIGN KEY (tenant, guest) REFERENCES guests (tenant, id) ON DELETE CASCADE
);
CREATE INDEX invitations_guest ON invitations (tenant, guest);
CREATE INDEX invitations_invited ON invitations (tenant, invited_key);
CREATE INDEX invitations_inviter ON invitations (tenant, inviter, created_at);

-- The handles in links: SHA-256, base64url. A mail sent again has one of its own, and the older stay good.
CREATE TABLE invitation_handles (
    digest     TEXT   NOT NULL PRIMARY KEY,
    tenant     TEXT   NOT NULL,
    invitation TEXT   NOT NULL,
    issued_at  BIGINT NOT NULL,
    FOREIGN KEY (tenant, invitation) REFERENCES invitations (tenant, id) ON DELETE CASCADE
);
CREATE INDEX invitation_handles_invitation ON invitation_handles (tenant, invitation);

-- Addresses whose owners want no more invitations.
CREATE TABLE blocked_invitations (
    tenant      TEXT   NOT NULL,
    address_key TEXT   NOT NULL,
    blocked_at  BIGINT NOT NULL,
    PRIMARY KEY (tenant, address_key)
);

-- Mail that is due. The content is sealed, and emptied once it is out of our hands. The id makes the Message-ID.
CREATE TABLE outbox (
    id           TEXT   NOT NULL PRIMARY KEY,
    tenant       TEXT   NOT NULL,
    kind         TEXT   NOT NULL,
    -- queued, sending, sent, failed, uncertain
    state        TEXT   NOT NULL,
    -- What goes first: 0 a passcode, somebody waits for it; 1 all else.
    rank         BIGINT NOT NULL,
    guest        TEXT,
    invitation   TEXT,
    created_at   BIGINT NOT NULL,
    due_at       BIGINT NOT NULL,
    -- After this it is worth nothing.
    expires_at   BIGINT,
    attempts     BIGINT NOT NULL,
    lease        TEXT,
    leased_until BIGINT,
    done_at      BIGINT,
    last_error   TEXT,
    recipient    TEXT   NOT NULL,
    -- Long, so it comes last.
    sealed       TEXT   NOT NULL
);
CREATE INDEX outbox_due ON outbox (rank, due_at, id) WHERE state = 'queued';
CREATE INDEX outbox_sending ON outbox (leased_until) WHERE state = 'sending';
CREATE INDEX outbox_expiring ON outbox (expires_at) WHERE state = 'queued' AND expires_at IS NOT NULL;
CREATE INDEX outbox_done ON outbox (done_at) WHERE done_at IS NOT NULL;
CREATE INDEX outbox_tenant ON outbox (tenant, created_at, id);
CREATE INDEX outbox_invitation ON outbox (invitation) WHERE invitation IS NOT NULL;

-- Many invitations asked for in one file, and what became of each line.
CREATE TABLE bulk_invitations (
    tenant     TEXT   NOT NULL,
    id         TEXT   NOT NULL,
    -- SHA-256 of the file, of who invites, and of what holds for every line: the same again goes on where it was.
    digest     TEXT   NOT NULL,
    inviter    TEXT,
    -- JSON: who invites, and what holds for every line.
    defaults   TEXT   NOT NULL,
    -- 0 until every line is in.
    lines      BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    done_at    BIGINT,
    -- Who works on it, and until when nobody else does.
    lease        TEXT,
    leased_until BIGINT,
    PRIMARY KEY (tenant, id),
    UNIQUE (tenant, digest)
);
CREATE INDEX bulk_invitations_open ON bulk_invitations (created_at, id) WHERE done_at IS NULL;
CREATE TABLE bulk_lines (
    tenant     TEXT   NOT NULL,
    bulk       TEXT   NOT NULL,
    line       BIGINT NOT NULL,
    address    TEXT   NOT NULL,
    display_name TEXT,
    redirect   TEXT   NOT NULL,
    send_mail  BOOLEAN NOT NULL,
    message    TEXT,
    -- NULL while it is still to be done; else `invited`, `duplicate`, `example`, or an error code.
    outcome    TEXT,
    detail     TEXT,
    invitation TEXT,
    PRIMARY KEY (tenant, bulk, line),
    FOREIGN KEY (tenant, bulk) REFERENCES bulk_invitations (tenant, id) ON DELETE CASCADE
);
CREATE INDEX bulk_lines_open ON bulk_lines (tenant, bulk, line) WHERE outcome IS NULL;

-- The very words that somebody agreed to, by their SHA-256, for them to read again.
CREATE TABLE documents (
    tenant       TEXT   NOT NULL,
    hash         TEXT   NOT NULL,
    content_type TEXT   NOT NULL,
    -- Base64.
    content      TEXT   NOT NULL,
    kept_at      BIGINT NOT NULL,
    PRIMARY KEY (tenant, hash)
);

-- Whom a new version of terms was told of: nobody is told twice.
CREATE TABLE terms_notices (
    tenant      TEXT   NOT NULL,
    guest       TEXT   NOT NULL,
    terms       TEXT   NOT NULL,
    version     TEXT   NOT NULL,
    notified_at BIGINT NOT NULL,
    PRIMARY KEY (tenant, guest, terms, version),
    FOREIGN KEY (tenant, guest) REFERENCES guests (tenant, id) ON DELETE CASCADE
);

-- Which guests are assigned to which apps.
CREATE TABLE guest_apps (
    tenant      TEXT   NOT NULL,
    guest       TEXT   NOT NULL,
    client      TEXT   NOT NULL,
    assigned_at BIGINT NOT NULL,
    assigned_by TEXT,
    PRIMARY KEY (tenant, guest, client),
    FOREIGN KEY (tenant, guest) REFERENCES guests (tenant, id) ON DELETE CASCADE
);

-- Answers of the management API under a caller's key, for a day.
CREATE TABLE idempotency_keys (
    tenant     TEXT   NOT NULL,
    caller     TEXT   NOT NULL,
    key        TEXT   NOT NULL,
    digest     TEXT   NOT NULL,
    -- NULL while it is being answered.
    status     BIGINT,
    body       TEXT,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (tenant, caller, key)
);

-- In which organisations somebody is known who proved an address.
CREATE INDEX guest_addresses_key ON guest_addresses (address_key) WHERE deletion = '';
