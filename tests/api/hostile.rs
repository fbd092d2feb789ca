//! What somebody who means harm may try, and what everybody does by accident. Each refusal has its own code and leaves things as they were.

mod accidents;
mod codes;
mod cookies;
mod enumeration;
mod guests;
mod order;
mod partners;
mod upstream;
mod words;

use std::sync::atomic::{AtomicU32, Ordering};

use gatehouse::domain::id::FlowId;

use crate::world::{Ask, Browser, Page, RelyingParty, World};

/// Somebody nobody has seen before, on the way.
pub struct Standing {
    /// At Fabrikam, or nowhere for a passcode.
    pub address: String,
    pub browser: Browser,
    pub page: Page,
    /// Of the page, or of the last one before.
    pub token: String,
    pub ask: Ask,
    pub flow: FlowId,
}

impl Standing {
    /// A browser at the page `shows`: `address`, `away`, `passcode`, `consent`, `GH3002` (stopped), `app` (over).
    pub async fn at(world: &World, portal: &RelyingParty, shows: &str) -> Self {
        static PEOPLE: AtomicU32 = AtomicU32::new(0);
        let home = if shows == "passcode" { "nowhere.example" } else { "fabrikam.example" };
        let address = format!("p{}@{home}", PEOPLE.fetch_add(1, Ordering::Relaxed));
        let typed = [("address", address.as_str())];
        let (mut browser, ask) = (world.browser(), portal.asks(&[]));
        let first = browser.open(&ask.url).await;
        let (flow, open) = (first.flow(), first.token());
        let page = match shows {
            "address" => first,
            "away" => browser.submit(&first, "continue", &typed).await,
            "passcode" => browser.press(&first, "continue", &typed).await,
            "GH3002" => {
                world.fabrikam.deny("access_denied", None);
                let page = browser.press(&first, "continue", &typed).await;
                world.fabrikam.allow();
                page
            }
            "consent" | "app" => {
                let page = browser.press(&first, "continue", &typed).await;
                if shows == "app" { browser.press(&page, "accept", &[]).await } else { page }
            }
            other => panic!("nobody stands at {other}"),
        };
        let expected = if shows == "away" { "redirect" } else { shows };
        assert_eq!(page.shows(), expected);
        let token = Some(page.token()).filter(|token| !token.is_empty()).unwrap_or(open);
        Self { address, browser, page, token, ask, flow }
    }

    /// The address of a step of this sign-in, or of its page.
    pub fn step(&self, world: &World, step: &str) -> String {
        format!("{}/contoso/signin/{}{step}", world.url, self.flow)
    }

    /// How often the store was written for this sign-in.
    pub async fn revision(&self, world: &World) -> Option<u64> {
        world.stored("contoso", self.flow).await.map(|(revision, _)| revision)
    }
}

/// Every step a form can be sent to, with all that any of them would read.
pub const STEPS: [&str; 10] =
    ["/address", "/account", "/create", "/passcode", "/passcode/resend", "/confirm", "/consent", "/elsewhere", "/device", "/restart"];

pub fn everything(form: &str) -> [(&str, &str); 5] {
    [("form", form), ("address", "eve@evil.example"), ("provider", "fabrikam"), ("code", "12345678"), ("decision", "accept")]
}
