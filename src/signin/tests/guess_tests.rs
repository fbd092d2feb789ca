//! Guessing mailed codes (`security.md` E4), at the step itself and with nobody's patience.

use super::*;

/// The bound. Within one window of a quarter of an hour at most `guesses_per_address` entries for one address, and at most
/// `guesses_per_tenant` for all of a tenant's together, are compared with a code, however many are made and in however many sign-ins:
/// the count comes before the comparison, in one place for all nodes. A code has `length` digits drawn uniformly, each comparison is
/// with one of them, so by the union bound
///
/// ```text
/// P(an address is broken into) ≤ guesses_per_address / 10^length = 20 / 10^8 = 2·10⁻⁷
/// P(any address of the tenant) ≤ guesses_per_tenant / 10^length = 1000 / 10^8 = 10⁻⁵
/// ```
const SIGN_INS: usize = 1_000;
const GUESSES: usize = 1_000_000;

struct Attack {
    porter: Arc<Porter>,
    tenant: Arc<Tenant>,
    /// Each at the page that asks for its code.
    sign_ins: Vec<(Flow, String)>,
}

impl Attack {
    /// So many sign-ins, for whom `address_of` says; as many codes as the attacker likes: what is left is the bound on guesses alone.
    async fn begun(address_of: impl Fn(usize) -> String) -> Self {
        let mut tenant = Tenant { admission: Admission::Invited, ..tenant(&[]) };
        (tenant.passcode.sends_per_address, tenant.passcode.sends_per_ip) = (u32::MAX, u32::MAX);
        let sessions = Arc::new(MemorySessions::new(Clock::movable(NOW), 100_000));
        let porter = Porter { sessions, ..porter(&tenant).await };
        let mut sign_ins = Vec::with_capacity(SIGN_INS);
        for n in 0..SIGN_INS {
            let (begun, browser) = flow(&porter, &tenant, &[]).await;
            let (form, typed) = (form::token(&tenant, &begun), discover::Answer::Typed(address_of(n)));
            let visit = discover::discover(&porter, &tenant, begun.id, &visitor(Some(&browser), None), &form, typed).await.unwrap();
            assert!(matches!(visit.flow.stage, Stage::Passcode { .. }), "{:?}", visit.flow.stage);
            sign_ins.push((visit.flow, browser));
        }
        Self { porter: Arc::new(porter), tenant: Arc::new(tenant), sign_ins }
    }

    /// Guesses `each` times in every sign-in, in all of them at once; how many of all entries were compared with a code.
    async fn compared(self, each: usize) -> (usize, usize) {
        let mut guessers = tokio::task::JoinSet::new();
        for (flow, browser) in self.sign_ins {
            let (porter, tenant) = (Arc::clone(&self.porter), Arc::clone(&self.tenant));
            guessers.spawn(async move { guess(&porter, &tenant, flow, &browser, each).await });
        }
        let (mut all, mut made) = (0, 0);
        while let Some(one) = guessers.join_next().await {
            let (compared, tried) = one.unwrap();
            (all, made) = (all + compared, made + tried);
        }
        (all, made)
    }
}

/// A comparison that failed is counted in the challenge, and one that did not proves somebody; an entry that was not compared does
/// neither.
async fn guess(porter: &Porter, tenant: &Tenant, mut at: Flow, browser: &str, each: usize) -> (usize, usize) {
    let wrong_entries = |flow: &Flow| match &flow.stage {
        Stage::Passcode { challenge, .. } => Some(challenge.wrong_entries),
        _ => None,
    };
    let mut compared = 0;
    for guess in 0..each {
        let (form, code, before) = (form::token(tenant, &at), format!("{guess:08}"), wrong_entries(&at));
        let visit = passcode::enter(porter, tenant, at.id, visitor(Some(browser), None), &form, &code).await.unwrap();
        let is_proven = !matches!(visit.flow.stage, Stage::Passcode { .. } | Stage::Blocked { code: ErrorCode::TooManyGuesses, .. });
        compared += usize::from(is_proven || (before.is_some() && wrong_entries(&visit.flow) > before));
        at = visit.flow;
        if is_proven {
            return (compared, each);
        }
    }
    (compared, each)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_a_million_guesses_at_one_address_in_a_thousand_sign_ins_twenty_are_compared() {
    let begun = std::time::Instant::now();
    let attack = Attack::begun(|_| "victim@made-up.example".into()).await;
    let bound = attack.tenant.passcode.guesses_per_address as usize;
    println!("{SIGN_INS} sign-ins after {:?}", begun.elapsed());
    let (compared, made) = attack.compared(GUESSES / SIGN_INS).await;
    println!("{made} guesses, {compared} compared, {:?}", begun.elapsed());
    assert_eq!((made, compared), (GUESSES, bound));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_guesses_at_a_thousand_addresses_no_more_are_compared_than_the_tenant_allows() {
    let attack = Attack::begun(|n| format!("victim{n}@made-up.example")).await;
    let bound = attack.tenant.passcode.guesses_per_tenant as usize;
    let (compared, made) = attack.compared(10).await;
    println!("{made} guesses, {compared} compared");
    // Of a code that takes no more tries an entry counts, too: fewer may be compared, never more.
    assert!(made == 10 * SIGN_INS && compared <= bound && compared > bound / 2, "{compared}");
}
