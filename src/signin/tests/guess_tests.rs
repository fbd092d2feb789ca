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
/// Entries of one sign-in that the parallel part makes at the step; the rest meet a sign-in that is over, and cost the least.
const EACH: usize = GUESSES / SIGN_INS;

/// How many entries were compared with a code, of all that were made by `SIGN_INS` sign-ins at once.
async fn compared(address_of: impl Fn(usize) -> String, each: usize) -> (usize, usize) {
    let mut tenant = tenant(&[]);
    // As many codes as the attacker likes: what is left is the bound on guesses alone.
    (tenant.passcode.sends_per_address, tenant.passcode.sends_per_ip) = (u32::MAX, u32::MAX);
    let porter = Arc::new(Porter { sessions: Arc::new(MemorySessions::new(Clock::movable(NOW), 100_000)), ..porter(&tenant).await });
    let tenant = Arc::new(tenant);
    let mut attackers = tokio::task::JoinSet::new();
    for n in 0..SIGN_INS {
        let (porter, tenant, address) = (Arc::clone(&porter), Arc::clone(&tenant), address_of(n));
        attackers.spawn(async move {
            let (begun, browser) = flow(&porter, &tenant, &[]).await;
            let (form, typed) = (form::token(&tenant, &begun), discover::Answer::Typed(address));
            let who = || visitor(Some(&browser), None);
            let mut at = discover::discover(&porter, &tenant, begun.id, &who(), &form, typed).await.unwrap().flow;
            let (mut compared, mut made) = (0, 0);
            for guess in 0..each {
                let entries = |flow: &Flow| match &flow.stage {
                    Stage::Passcode { challenge, .. } => Some(challenge.wrong_entries),
                    _ => None,
                };
                let before = entries(&at);
                let (form, code) = (form::token(&tenant, &at), format!("{guess:08}"));
                made += 1;
                match passcode::enter(&porter, &tenant, at.id, who(), &form, &code).await {
                    Ok(visit) => {
                        compared += usize::from(entries(&visit.flow) > before && before.is_some());
                        at = visit.flow;
                    }
                    // Somebody was proven: one guess in 10^8 is right.
                    Err(_) => return (compared + 1, each),
                }
            }
            (compared, made)
        });
    }
    let (mut all, mut made) = (0, 0);
    while let Some(one) = attackers.join_next().await {
        let (compared, tried) = one.unwrap();
        (all, made) = (all + compared, made + tried);
    }
    (all, made)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_a_million_guesses_at_one_address_in_a_thousand_sign_ins_twenty_are_compared() {
    let begun = std::time::Instant::now();
    let (compared, made) = compared(|_| "victim@made-up.example".into(), EACH).await;
    println!("{made} guesses, {compared} compared, {:?}", begun.elapsed());
    assert_eq!(made, GUESSES);
    assert!(compared <= 20, "{compared}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_guesses_at_a_thousand_addresses_no_more_are_compared_than_the_tenant_allows() {
    let (compared, made) = compared(|n| format!("victim{n}@made-up.example"), 10).await;
    println!("{made} guesses, {compared} compared");
    assert!(made >= 10 * SIGN_INS - 10 && compared <= 1_000 && compared > 20, "{compared}");
}
