//! The two sample tenants, as an operator would write them: each different in what it shows.

use super::{
    partner::{
        saml_idp,
        wsfed_sts::{self, METADATA_PATH},
    },
    places::Places,
};

/// Client id of Gatehouse at Fabrikam.
pub(super) const UPSTREAM_CLIENT: &str = "contoso-gatehouse";
pub(super) const PORTAL_CLIENT: &str = "portal";
pub(super) const ORDERS_CLIENT: &str = "orders";
/// What invites in the organisation's name, in both tenants.
pub(super) const SCRIPT: &str = "onboarding";
pub(super) const SHIPPING_CLIENT: &str = "shipping";

/// The words guests of Contoso agree to, by file name.
pub(super) const TERMS: [(&str, &str); 4] = [
    ("visitors.en.html", include_str!("../../config/tenants/terms/visitors-2026-01.en.html")),
    ("visitors.de.html", include_str!("../../config/tenants/terms/visitors-2026-01.de.html")),
    ("visitors.fr.html", include_str!("../../config/tenants/terms/visitors-2026-01.fr.html")),
    (
        "orders.en.html",
        "<p>Who orders for an organisation says that they may.</p>\n<h2>Prices</h2>\n<p>An order is for the price shown when it is sent.</p>\n",
    ),
];

pub(super) fn contoso(places: &Places) -> String {
    format!(
        r##"id = "contoso"
name = "Contoso"
domains = ["contoso.example"]
locale = "en"

[branding]
logo = "branding/contoso.svg"
color = "#0b57d0"

[privacy]
statement = "https://contoso.example/privacy"
contact = "privacy@contoso.example"

[home_realm]
edition = "2024"
fallback = "emailOneTimePasscode"

[passcode]
enabled = true

[guests]
admission = "open"

[invitations]
expires_after = "7d"
block_domains = ["rival.example"]

[clients.{PORTAL_CLIENT}]
name = "Contoso Portal"
redirect_uris = ["{app}/callback"]
authentication = "client_secret_basic"
secrets = [{{ file = "../../secrets/portal" }}]
scopes = ["profile", "email"]
launch_url = "{app}/signin"
description = "News, people and documents for Contoso’s guests"

[clients.{ORDERS_CLIENT}]
name = "Contoso Orders"
redirect_uris = ["{orders}/callback"]
authentication = "client_secret_basic"
secrets = [{{ file = "../../secrets/orders" }}]
scopes = ["profile", "email"]
launch_url = "{orders}/signin"
description = "Order, and see what became of it"
assignment_required = true

# The script that invites, by the management API.
[clients.{SCRIPT}]
name = "Onboarding"
secrets = [{{ file = "../../secrets/{SCRIPT}" }}]
listed = false
permissions = ["User.Invite.All"]

[terms.visitors]
names = {{ en = "Terms for visitors", de = "Bedingungen für Gäste", fr = "Conditions pour les invités" }}

[[terms.visitors.versions]]
version = "2026-01"
effective = "2026-01-01"
documents = {{ en = "terms/visitors.en.html", de = "terms/visitors.de.html", fr = "terms/visitors.fr.html" }}

[terms.orders]
name = "Terms for orders"
clients = ["{ORDERS_CLIENT}"]
default_language = "en"

[[terms.orders.versions]]
version = "1"
effective = "2026-01-01"
documents = {{ en = "terms/orders.en.html" }}

[oidc.fabrikam]
name = "Fabrikam"
issuer = "{upstream}"
client_id = "{UPSTREAM_CLIENT}"
client_secret = {{ file = "../../secrets/fabrikam" }}
domains = ["fabrikam.example"]
scopes = ["openid", "profile", "email"]
algorithms = ["ES256"]
lookup = {{ domains = true }}

[saml.litware]
name = "Litware"
entity_id = "{litware}"
metadata_url = "{litware}"
domains = ["litware.example"]
login_hint = "subject"

[wsfed.proseware]
name = "Proseware"
issuer = "{proseware}"
metadata_url = "{proseware_origin}{METADATA_PATH}"
domains = ["proseware.example"]
"##,
        app = places.portal.origin(),
        orders = places.orders.origin(),
        upstream = places.upstream.origin(),
        // the address of its metadata is its name, as is the custom
        litware = saml_idp::entity_id(&places.saml.origin()),
        proseware = wsfed_sts::issuer(&places.ws_fed.origin()),
        proseware_origin = places.ws_fed.origin(),
    )
}

pub(super) fn northwind(places: &Places) -> String {
    format!(
        r##"id = "northwind"
name = "Northwind"
domains = ["northwind.example"]
locale = "fr"

[branding]
logo = "branding/northwind.svg"
color = "#00695c"

[home_realm]
edition = "2021"
fallback = "emailOneTimePasscode"

[passcode]
enabled = true
length = 8

[guests]
admission = "open"

[clients.{SHIPPING_CLIENT}]
name = "Northwind Shipping"
redirect_uris = ["{app}/callback"]
authentication = "client_secret_basic"
secrets = [{{ file = "../../secrets/shipping" }}]
scopes = ["profile", "email"]
launch_url = "{app}/signin"
description = "Suivez vos expéditions"

[clients.{SCRIPT}]
name = "Onboarding"
secrets = [{{ file = "../../secrets/{SCRIPT}" }}]
listed = false
permissions = ["User.Invite.All"]
"##,
        app = places.shipping.origin(),
    )
}
