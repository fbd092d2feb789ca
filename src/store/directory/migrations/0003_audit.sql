-- What happened, for the operator. It outlives the guests it names. The id is a UUID v7, so it orders.

CREATE TABLE audit_events (
    id          TEXT   NOT NULL PRIMARY KEY,
    tenant      TEXT   NOT NULL,
    happened_at BIGINT NOT NULL,
    action      TEXT   NOT NULL,
    guest       TEXT,
    client      TEXT,
    reference   TEXT   NOT NULL,
    details     TEXT   NOT NULL
);
CREATE INDEX audit_events_tenant ON audit_events (tenant, happened_at, id);
CREATE INDEX audit_events_reference ON audit_events (reference);
