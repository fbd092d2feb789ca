-- Our own keys and certificates towards federation partners. The private part is sealed by the house's key; both are base64.

CREATE TABLE credentials (
    tenant          TEXT   NOT NULL,
    id              TEXT   NOT NULL,
    -- The one whose work it takes over; empty for a tenant's first.
    follows         TEXT   NOT NULL,
    sealed_private  TEXT   NOT NULL,
    certificate     TEXT   NOT NULL,
    created_at      BIGINT NOT NULL,
    signs_from      BIGINT NOT NULL,
    PRIMARY KEY (tenant, id),
    -- Each has one successor: two nodes that make it at once end with one.
    UNIQUE (tenant, follows)
);
