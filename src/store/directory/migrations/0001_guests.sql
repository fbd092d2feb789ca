-- Guests and all that stays. One text for SQLite and PostgreSQL: TEXT ids, BIGINT seconds since 1970, BOOLEAN.

CREATE TABLE guests (
    tenant           TEXT    NOT NULL,
    id               TEXT    NOT NULL,
    state            TEXT    NOT NULL,
    state_changed_at BIGINT  NOT NULL,
    display_name     TEXT,
    mail             TEXT    NOT NULL,
    is_enabled       BOOLEAN NOT NULL,
    voucher          TEXT,
    subject          TEXT,
    created_at       BIGINT  NOT NULL,
    PRIMARY KEY (tenant, id),
    CHECK (state IN ('PendingAcceptance', 'Accepted')),
    CHECK ((voucher IS NULL) = (subject IS NULL))
);

-- A guest is known by this pair, never by an address. NULLs are all different.
CREATE UNIQUE INDEX guests_identity ON guests (tenant, voucher, subject);

-- Every address on record, in its canonical form; one guest of a tenant has it.
CREATE TABLE guest_addresses (
    tenant      TEXT NOT NULL,
    address_key TEXT NOT NULL,
    guest       TEXT NOT NULL,
    PRIMARY KEY (tenant, address_key),
    FOREIGN KEY (tenant, guest) REFERENCES guests (tenant, id) ON DELETE CASCADE
);
CREATE INDEX guest_addresses_guest ON guest_addresses (tenant, guest);

-- Appended to, never changed. The id names sign-in, guest and matter: each is decided once in a sign-in, and ids order by time.
CREATE TABLE consents (
    id          TEXT    NOT NULL PRIMARY KEY,
    tenant      TEXT    NOT NULL,
    guest       TEXT    NOT NULL,
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
