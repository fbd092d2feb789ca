use proptest::prelude::*;

use super::*;

const ES: SigningAlgorithm = SigningAlgorithm::Es256;
const HOUR: i64 = 3600;
const DAY: i64 = 24 * HOUR;

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_unix(seconds)
}

fn key(signs_from: i64, policy: &TokenPolicy) -> Life {
    let published_until = at(signs_from) + policy.key_rotation + policy.key_publish_ahead * 2 + longest_token(policy);
    Life { algorithm: ES, signs_from: at(signs_from), published_until }
}

/// What is planned at `now`, as the moment it begins to sign.
fn planned(now: i64, keys: &[Life]) -> Option<i64> {
    plan(at(now), keys, &[ES], &TokenPolicy::default()).first().map(|life| life.signs_from.unix())
}

#[test]
fn the_table_of_a_key_s_life() {
    // 90 days of signing, announced 24 h ahead, tokens of 1 h; the grid is 10 minutes.
    let first = key(0, &TokenPolicy::default());
    let second = key(90 * DAY, &TokenPolicy::default());
    for (now, keys, expected, why) in [
        (1234, &[][..], Some(1200), "the first signs at once, rounded down"),
        (1234, &[first], None, "one is enough"),
        (89 * DAY - 1, &[first], None, "too early to announce"),
        (89 * DAY, &[first], Some(90 * DAY), "announced a day ahead, signs when due"),
        (89 * DAY, &[first, second], None, "announced already"),
        (89 * DAY + 100, &[first], Some(90 * DAY + 600), "a little late: still a whole day ahead, on the grid"),
        (91 * DAY, &[first], Some(92 * DAY), "a day late: the old one still may sign until then"),
        (91 * DAY + HOUR, &[first], Some(92 * DAY), "later: as long as the old one may sign"),
        (92 * DAY + HOUR, &[first], Some(92 * DAY + HOUR), "slept through: at once"),
        (500 * DAY, &[first], Some(500 * DAY), "long gone: at once"),
    ] {
        assert_eq!(planned(now, keys), expected, "{why}");
    }
}

#[test]
fn each_algorithm_has_a_life_of_its_own() {
    let policy = TokenPolicy::default();
    let born = plan(at(DAY), &[key(0, &policy)], &SigningAlgorithm::ALL, &policy);
    assert_eq!(born.iter().map(|life| life.algorithm).collect::<Vec<_>>(), [SigningAlgorithm::Rs256]);
    assert!(plan(at(DAY), &[], &[], &policy).is_empty());
}

#[test]
fn two_nodes_that_plan_within_the_grid_choose_the_same_moment() {
    assert_eq!(planned(6001, &[]), planned(6599, &[]));
    let first = [key(0, &TokenPolicy::default())];
    assert_eq!(planned(89 * DAY + 1, &first), planned(89 * DAY + 599, &first));
}

#[test]
fn longer_tokens_make_the_old_key_stop_sooner() {
    let first = [key(0, &TokenPolicy::default())];
    let policy = TokenPolicy { id_token: Duration::from_secs(10 * 24 * 3600), ..TokenPolicy::default() };
    let born = plan(at(81 * DAY + 2 * HOUR), &first, &[ES], &policy);
    assert_eq!(born[0].signs_from, last_signature(&first[0], &policy));
}

/// A house that plans after each of `steps`, from an empty directory; `check` sees every moment after planning.
fn live(policy: &TokenPolicy, steps: &[i64], mut check: impl FnMut(Timestamp, &[Life])) -> Vec<(Timestamp, Life)> {
    let (mut now, mut keys, mut births) = (at(1_000_000), Vec::new(), Vec::new());
    for step in steps {
        for life in plan(now, &keys, &[ES], policy) {
            keys.push(life);
            births.push((now, life));
        }
        keys.retain(|key: &Life| key.published_until > now);
        check(now, &keys);
        now = at(now.unix() + step);
    }
    births
}

fn policies() -> impl Strategy<Value = TokenPolicy> {
    (1..240_i64, 0..72_i64, 1..48_i64).prop_map(|(rotation, ahead, token)| {
        let hours = |hours: i64| Duration::from_secs(u64::try_from(hours * HOUR).unwrap());
        TokenPolicy { key_rotation: hours(rotation), key_publish_ahead: hours(ahead), access_token: hours(token), ..TokenPolicy::default() }
    })
}

proptest! {
    #[test]
    fn one_key_signs_and_outlives_what_it_signs_however_irregularly_the_house_is_awake(
        policy in policies(),
        steps in proptest::collection::vec(1..20 * DAY, 1..120),
    ) {
        live(&policy, &steps, |now, keys| {
            let current = signing(now, ES, keys).expect("a key signs");
            assert_eq!(keys.iter().filter(|key| key.signs_from == current.signs_from).count(), 1);
            assert!(current.published_until >= now + longest_token(&policy));
        });
    }

    #[test]
    fn a_house_that_is_awake_announces_every_key_but_the_first(policy in policies(), steps in proptest::collection::vec(30..120_i64, 1..3000)) {
        // Awake every minute or two; the hours of the policy are shortened to minutes, so that many lives pass.
        let minutes = |span: Duration| span / 60;
        let policy = TokenPolicy {
            key_rotation: minutes(policy.key_rotation) + Duration::from_secs(1200),
            key_publish_ahead: minutes(policy.key_publish_ahead) + Duration::from_secs(1200),
            access_token: minutes(policy.access_token),
            id_token: Duration::from_secs(60),
            ..policy
        };
        let births = live(&policy, &steps, |_, _| ());
        for (born, life) in births.iter().skip(1) {
            prop_assert!(life.signs_from >= *born + policy.key_publish_ahead, "{born:?} {life:?} {policy:?}");
        }
    }
}
