-- Signing keys of each tenant. The private part is sealed by the house's key, and base64.

CREATE TABLE signing_keys (
    tenant          TEXT   NOT NULL,
    kid             TEXT   NOT NULL,
    algorithm       TEXT   NOT NULL,
    sealed_private  TEXT   NOT NULL,
    public_jwk      TEXT   NOT NULL,
    created_at      BIGINT NOT NULL,
    signs_from      BIGINT NOT NULL,
    published_until BIGINT NOT NULL,
    PRIMARY KEY (tenant, kid),
    -- Two nodes that rotate at once make one key.
    UNIQUE (tenant, algorithm, signs_from)
);
