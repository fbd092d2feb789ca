-- Guests and all that stays. One text for SQLite and PostgreSQL: TEXT ids, BIGINT seconds since 1970, BOOLEAN.

CREATE TABLE guests (
    tenant             TEXT    NOT NULL,
    id                 TEXT    NOT NULL,
    state              TEXT    NOT NULL,
    state_changed_at   BIGINT  NOT NULL,
    -- Which redemption this is: a reset begins the next, and consents count in the one they were given in.
    redemption         BIGINT  NOT NULL,
    user_type          TEXT    NOT NULL,
    creation           TEXT    NOT NULL,
    principal_name     TEXT    NOT NULL,
    display_name       TEXT,
    mail               TEXT    NOT NULL,
    is_enabled         BOOLEAN NOT NULL,
    voucher            TEXT,
    subject            TEXT,
    invited_by         TEXT,
    preferred_language TEXT,
    created_at         BIGINT  NOT NULL,
    last_sign_in_at    BIGINT,
    deleted_at         BIGINT,
    -- Empty while they are there, their own id once deleted: whoever is deleted stands in nobody's way.
    deletion           TEXT    NOT NULL,
    PRIMARY KEY (tenant, id),
    -- Never used again, not even after a deletion.
    UNIQUE (tenant, principal_name),
    CHECK (state IN ('PendingAcceptance', 'Accepted')),
    CHECK ((voucher IS NULL) = (subject IS NULL)),
    CHECK (state = 'PendingAcceptance' OR voucher IS NOT NULL),
    CHECK ((deleted_at IS NULL) = (deletion = ''))
);

-- A guest is known by this pair, never by an address. NULLs are all different.
CREATE UNIQUE INDEX guests_identity ON guests (tenant, voucher, subject, deletion);
CREATE INDEX guests_deleted ON guests (deleted_at) WHERE deleted_at IS NOT NULL;

-- Every address on record by its canonical key, and where it stands; one guest of a tenant has it.
CREATE TABLE guest_addresses (
    tenant      TEXT    NOT NULL,
    address_key TEXT    NOT NULL,
    deletion    TEXT    NOT NULL,
    guest       TEXT    NOT NULL,
    address     TEXT    NOT NULL,
    is_mail     BOOLEAN NOT NULL,
    is_other    BOOLEAN NOT NULL,
    is_proxy    BOOLEAN NOT NULL,
    PRIMARY KEY (tenant, address_key, deletion),
    FOREIGN KEY (tenant, guest) REFERENCES guests (tenant, id) ON DELETE CASCADE
);
CREATE INDEX guest_addresses_guest ON guest_addresses (tenant, guest);

-- Who answers for a guest.
CREATE TABLE guest_sponsors (
    tenant  TEXT NOT NULL,
    guest   TEXT NOT NULL,
    sponsor TEXT NOT NULL,
    PRIMARY KEY (tenant, guest, sponsor),
    FOREIGN KEY (tenant, guest) REFERENCES guests (tenant, id) ON DELETE CASCADE
);

-- Appended to, never changed. The id names sign-in, guest and matter: each is decided once in a sign-in, and ids order by time.
CREATE TABLE consents (
    id          TEXT    NOT NULL PRIMARY KEY,
    tenant      TEXT    NOT NULL,
    guest       TEXT    NOT NULL,
    redemption  BIGINT  NOT NULL,
    matter      TEXT    NOT NULL,
    document    TEXT    NOT NULL,
    locale      TEXT    NOT NULL,
    is_accepted BOOLEAN NOT NULL,
    client      TEXT    NOT NULL,
    voucher     TEXT    NOT NULL,
    decided_at  BIGINT  NOT NULL,
    FOREIGN KEY (tenant, guest) REFERENCES guests (tenant, id) ON DELETE CASCADE
);
CREATE INDEX consents_guest ON consents (tenant, guest);
