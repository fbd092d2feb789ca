//! What the operator says about guests arrives; what two tenants say of each other is put together.

use std::time::Duration;

use gatehouse::{
    cli::check::Form,
    domain::{
        address::{DomainName, EmailAddress},
        client::Client,
        collaboration::{AllowInvitesFrom, ContactConflict, DomainList, InvitationPolicy},
        permission::Permission,
    },
    settings,
    tenants::{self, Tenants},
};

use crate::{cases::Folder, loading::NOW};

fn tenants(folder: &Folder) -> Tenants {
    let settings = settings::load(folder.place.path(), &|name| folder.lookup(name)).unwrap();
    tenants::load(folder.place.path(), &settings, NOW, &|name| folder.lookup(name)).unwrap()
}

fn address(text: &str) -> EmailAddress {
    EmailAddress::parse(text).unwrap()
}

#[test]
fn everything_that_can_be_said_about_guests_arrives() {
    let (folder, _) = Folder::of(include_str!("everything.txt"));
    std::fs::write(folder.place.path().join("tls.pem"), include_str!("certs/tls.pem")).unwrap();
    std::fs::write(folder.place.path().join("tls.key"), include_str!("certs/tls.key")).unwrap();
    let tenants = tenants(&folder);
    let tenant = tenants.by_segment("contoso").unwrap();
    let InvitationPolicy { from, expires_after, domains, partners, redirect_origins, contacts, contact_conflict, .. } = &tenant.invitations;
    assert_eq!((*from, *expires_after), (AllowInvitesFrom::AdminsAndGuestInviters, None));
    assert_eq!(*domains, DomainList::Block([DomainName::parse("rival.example").unwrap()].into()));
    assert_eq!(redirect_origins.iter().collect::<Vec<_>>(), ["https://portal.contoso.example"]);
    assert!(tenant.invitations.is_contact(&address("ANA@partner.example")) && contacts.len() == 1);
    assert_eq!(*contact_conflict, ContactConflict::Fails);
    assert!(tenant.invitations.contacts_file.as_ref().unwrap().ends_with("tenants/contacts.csv"));
    assert_eq!((tenant.invitations.is_alias_accepted, tenant.invitations.is_leaving_allowed), (false, false));
    assert_eq!((tenant.invitations.mails_per_hour, tenant.invitations.clean_up_after), (7, None));
    let partner = &partners[&DomainName::parse("partner.example").unwrap()];
    assert_eq!((partner.is_inbound_allowed, partner.is_automatic_inbound, partner.is_automatic_outbound), (false, true, true));
    assert_eq!(tenant.passcode.guesses_per_tenant, 100);
    let client = |id: &str| -> &Client { tenant.clients.values().find(|client| client.id.as_str() == id).unwrap() };
    let portal = client("portal.app_1");
    assert_eq!((portal.description.as_deref(), portal.is_listed), (Some("Orders"), false));
    assert!(portal.is_assignment_required && portal.is_consented && portal.permissions.is_empty());
    let script = client("script");
    assert_eq!(script.permissions, [Permission::UserInviteAll, Permission::UserReadAll].into());
    assert!(script.redirect_uris.is_empty() && script.is_listed && !script.is_assignment_required && !script.is_consented);
}

#[test]
fn a_tenant_that_says_nothing_about_guests_has_the_defaults() {
    let (folder, _) = Folder::of("");
    let tenants = tenants(&folder);
    let tenant = tenants.by_segment("contoso").unwrap();
    assert_eq!(tenant.invitations, InvitationPolicy::default());
    assert_eq!(tenant.invitations.expires_after, Some(Duration::from_secs(30 * 24 * 60 * 60)));
}

const TWO: &str = "--- tenants/contoso.toml
id = \"contoso\"
name = \"Contoso\"
domains = [\"contoso.example\", \"contoso.test\"]
[partners.\"fabrikam.example\"]
automatic_redemption = { inbound = true }
[partners.\"litware.example\"]
automatic_redemption = { inbound = true, outbound = true }
--- tenants/fabrikam.toml
id = \"fabrikam\"
name = \"Fabrikam\"
domains = [\"fabrikam.example\"]
[partners.\"contoso.test\"]
automatic_redemption = { outbound = OUTBOUND }
";

#[test]
fn a_tenant_of_this_gatehouse_answers_for_its_own_half() {
    for (outbound, is_automatic) in [("true", true), ("false", false)] {
        let (folder, _) = Folder::of(&TWO.replace("OUTBOUND", outbound));
        let tenants = tenants(&folder);
        let (contoso, fabrikam) = (tenants.by_segment("contoso").unwrap(), tenants.by_segment("fabrikam").unwrap());
        assert_eq!(contoso.invitations.redeems_automatically(&address("ana@fabrikam.example")), is_automatic);
        assert!(contoso.invitations.redeems_automatically(&address("lena@litware.example")), "a partner elsewhere is as it was stated");
        assert!(!fabrikam.invitations.redeems_automatically(&address("carl@contoso.test")), "the other direction was never opened");
        let said = folder.check(Form::Text);
        assert!(said.ends_with("no problems; 2 tenants\n"), "{said}");
    }
}

#[test]
fn a_list_of_domains_has_the_length_that_entra_allows() {
    let list = |length: usize| {
        let domains: Vec<String> = (0..length / 25).map(|number| format!("\"partner-{number:09}.example\"")).collect();
        let text = format!("id = \"contoso\"\nname = \"Contoso\"\n[invitations]\nallow_domains = [{}]\n", domains.join(", "));
        Folder::of(&format!("--- tenants/contoso.toml\n{text}")).0.check(Form::Json)
    };
    assert_eq!(list(25_000), "");
    let said = list(25_025);
    assert!(said.contains("\"C0561\"") && said.contains("25025 characters") && said.lines().count() == 1, "{said}");
}
