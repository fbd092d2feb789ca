//! The roads of those who were invited: from the mail to the app, and the same link once more with another browser.

use serde_json::json;
use tokio::time::{Instant, timeout};

use super::{Astray, DemoError, MAIL_WAIT, Person, Walked, go_on, tell};
use crate::demo::{
    browser::Browser,
    invitations::{Invitation, Script, Scripts},
    mailbox::{self, Mailbox},
    places::Places,
    random_name,
};

/// Whom a tenant invites, and how they prove themselves.
struct Road {
    by: &'static str,
    tenant: &'static str,
    domain: &'static str,
    app: String,
}

pub(super) async fn walk(places: &Places, mailbox: &Mailbox, scripts: &Scripts, http: &reqwest::Client) -> Result<u32, DemoError> {
    let (portal, orders, shipping) = (places.portal.origin(), places.orders.origin(), places.shipping.origin());
    let road = |by, tenant, domain, app: &String| Road { by, tenant, domain, app: app.clone() };
    let roads = [
        road("saml", "contoso", "litware.example", &orders),
        road("upstream", "contoso", "fabrikam.example", &portal),
        road("passcode", "contoso", "example.net", &portal),
        road("passcode", "northwind", "example.org", &shipping),
    ];
    let mut astray = 0;
    for road in roads {
        let address = format!("{}@{}", random_name("invited"), road.domain);
        let script = if road.tenant == "contoso" { &scripts.contoso } else { &scripts.northwind };
        let about = |visit| json!({ "road": "invitation", "by": road.by, "tenant": road.tenant, "visit": visit });
        let link = match invited(script, &road, &address, mailbox).await {
            Ok(link) => link,
            Err(error) => {
                astray += tell(about("new"), Err(error), 0, Instant::now())?;
                continue;
            }
        };
        for visit in ["new", "returning"] {
            // The link is all that either browser brings.
            let (mut browser, began) = (Browser::new(http.clone()), Instant::now());
            let walked = open(&mut browser, &link, &road, &address, mailbox).await;
            astray += tell(about(visit), walked, browser.requests, began)?;
        }
    }
    Ok(astray)
}

/// The link in the mail.
async fn invited(script: &Script, road: &Road, address: &str, mailbox: &Mailbox) -> Result<String, Astray> {
    let mark = mailbox.mark();
    let lands_at = format!("{}/signin", road.app);
    let message = "Welcome!".to_owned();
    script.invite(&Invitation { address: address.to_owned(), lands_at, message }).await?;
    let mail = timeout(MAIL_WAIT, mailbox.next_to(address, mark)).await.map_err(|_| Astray::Said("no mail came".into()))?;
    let link = mailbox::link(&mail.text, "/redeem?ticket=").ok_or_else(|| Astray::Said("the mail holds no link".into()))?;
    Ok(link.to_owned())
}

async fn open(browser: &mut Browser, link: &str, road: &Road, address: &str, mailbox: &Mailbox) -> Result<Walked, Astray> {
    let mark = mailbox.mark();
    let page = browser.open(link).await?;
    go_on(browser, page, &road.app, Person { address, mailbox, mark }).await
}
