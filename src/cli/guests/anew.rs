//! `gatehouse guests reset` and `convert`: the same guest, redeemed anew (`behaviour.md` §10.3, §10.4).

use super::{Place, Refusal, address, found, voucher, whom};
use crate::{
    cli::{
        invite::told::{self, Form},
        inviter::{self, Letter, Work},
    },
    domain::{
        address::EmailAddress,
        guest::{Entry, UserType},
        identity::Voucher,
        tenant::Tenant,
    },
    guests::{self, Delivery, Invite, Inviter, Target},
    settings::Environment,
    store::directory::{Filter, Whom},
};

/// Of each page that is read.
const PAGE: u32 = 500;

#[derive(Debug, clap::Args)]
pub(super) struct Reset {
    #[command(flatten)]
    pub(super) place: Place,
    /// Who: an id, an address, or a user principal name
    #[arg(value_name = "GUEST", value_parser = whom, required_unless_present = "voucher")]
    whom: Option<Whom>,
    /// Everybody whom this provider proved, instead of one: its id, or `mail` for passcodes
    #[arg(long, value_name = "IDP", value_parser = voucher, conflicts_with_all = ["whom", "address"])]
    voucher: Option<Voucher>,
    /// The address invited, which is added to theirs [default: the one they have]
    #[arg(long, value_name = "ADDRESS", value_parser = address)]
    address: Option<EmailAddress>,
    #[command(flatten)]
    letter: Letter,
    /// Say what would happen, and do nothing
    #[arg(long)]
    dry_run: bool,
}

#[derive(Debug, clap::Args)]
pub(super) struct Convert {
    #[command(flatten)]
    pub(super) place: Place,
    /// Who: an id, an address, or a user principal name
    #[arg(value_name = "MEMBER", value_parser = whom)]
    whom: Whom,
    /// The address of the account they sign in with from now on, of their mail's domain [default: their mail]
    #[arg(long, value_name = "ADDRESS", value_parser = address)]
    address: Option<EmailAddress>,
    #[command(flatten)]
    letter: Letter,
    /// Say what would happen, and do nothing
    #[arg(long)]
    dry_run: bool,
}

impl Reset {
    pub(super) async fn run(&self, environment: Environment<'_>) -> Result<(u8, String), Refusal> {
        let errand = Errand { place: &self.place, letter: &self.letter, is_rehearsed: self.dry_run };
        let (tenant, inviter) = errand.open(environment).await?;
        let done = self.all(&errand, &tenant, &inviter).await;
        inviter.directory.close().await;
        done
    }

    async fn all(&self, errand: &Errand<'_>, tenant: &Tenant, inviter: &Inviter) -> Result<(u8, String), Refusal> {
        let entries = match (&self.whom, &self.voucher) {
            (Some(whom), _) => vec![found(&inviter.directory, tenant, whom).await?],
            (None, voucher) => proven_by(inviter, tenant, voucher.clone()).await?,
        };
        let mut results = Vec::new();
        for entry in &entries {
            let address = self.address.as_ref().unwrap_or(&entry.guest.mail);
            results.push(errand.invite(tenant, inviter, address, Target::Reset(entry.guest.id)).await?);
        }
        if results.is_empty() {
            return Ok((0, "nobody".into()));
        }
        Ok(errand.told(tenant, inviter, &results))
    }
}

impl Convert {
    pub(super) async fn run(&self, environment: Environment<'_>) -> Result<(u8, String), Refusal> {
        let errand = Errand { place: &self.place, letter: &self.letter, is_rehearsed: self.dry_run };
        let (tenant, inviter) = errand.open(environment).await?;
        let done = async {
            let entry = found(&inviter.directory, &tenant, &self.whom).await?;
            let address = self.address.as_ref().unwrap_or(&entry.guest.mail);
            let result = errand.invite(&tenant, &inviter, address, Target::Convert(entry.guest.id)).await?;
            Ok(errand.told(&tenant, &inviter, &[result]))
        };
        let done = done.await;
        inviter.directory.close().await;
        done
    }
}

async fn proven_by(inviter: &Inviter, tenant: &Tenant, voucher: Option<Voucher>) -> Result<Vec<Entry>, Refusal> {
    let filter = Filter { voucher, ..Filter::default() };
    let mut all: Vec<Entry> = Vec::new();
    loop {
        let page = inviter.directory.entries(&tenant.id, &filter, all.last().map(|last| last.guest.id), PAGE).await?;
        if page.is_empty() {
            return Ok(all);
        }
        all.extend(page);
    }
}

/// What both have in common.
struct Errand<'a> {
    place: &'a Place,
    letter: &'a Letter,
    is_rehearsed: bool,
}

impl Errand<'_> {
    async fn open(&self, environment: Environment<'_>) -> Result<(Tenant, Inviter), Refusal> {
        let work = if self.is_rehearsed { Work::Rehearsed } else { Work::Done };
        let delivery = self.letter.sending.delivery();
        let opened = inviter::open(&self.place.config, &self.place.tenant, delivery, work, environment).await;
        opened.map_err(|(code, why)| Refusal(code, why))
    }

    async fn invite(
        &self,
        tenant: &Tenant,
        inviter: &Inviter,
        address: &EmailAddress,
        target: Target,
    ) -> Result<(String, told::Result), Refusal> {
        let wrong = |why| Refusal(2, why);
        let invite = Invite {
            address: address.clone(),
            target,
            display_name: None,
            destination: self.letter.destination(tenant).map_err(wrong)?,
            user_type: UserType::Guest,
            message: self.letter.message().map_err(wrong)?,
            cc: self.letter.cc.clone(),
            language: self.letter.language,
            sponsors: None,
            is_mailed: self.letter.sending.delivery() == Delivery::Mail,
        };
        let by = self.letter.sending.by();
        let result = if self.is_rehearsed {
            guests::preview(inviter, tenant, &by, &invite).await.map(|preview| told::Result::Would(Box::new(preview)))
        } else {
            guests::invite(inviter, tenant, &by, invite).await.map(|invited| told::Result::Invited(Box::new(invited)))
        };
        Ok((address.to_string(), result.unwrap_or_else(|refusal| told::Result::Refused(refusal.code(), refusal.detail()))))
    }

    fn told(&self, tenant: &Tenant, inviter: &Inviter, results: &[(String, told::Result)]) -> (u8, String) {
        let is_refused = |(_, result): &(String, told::Result)| matches!(result, told::Result::Refused(..));
        let form = if self.place.json { Form::Json } else { Form::Text };
        (u8::from(results.iter().any(is_refused)), told::results(form, tenant, results, inviter.clock.now()))
    }
}
