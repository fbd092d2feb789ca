//! What a query may say: `$top`, `$skiptoken`, `$filter`, `$select`, and the page that answers it. What is not supported is refused by name.

use serde_json::{Map, Value, json};

use super::problem::Problem;
use crate::{domain::tenant::Tenant, oidc::parameters::Parameters, token::app_token};

/// Entries of a page unless the caller says otherwise, and the most.
const USUAL: u32 = 100;
const MOST: u32 = 999;

/// A query, read once.
#[derive(Debug, Clone, Default)]
pub struct Query {
    pub top: Option<u32>,
    /// What the last page said the next begins after.
    pub after: Option<String>,
    pub filter: Option<String>,
    /// The properties wanted.
    pub select: Option<Vec<String>>,
}

impl Query {
    pub fn parse(raw: &str) -> Result<Self, Problem> {
        let unreadable = |what: &str| Problem::unreadable(format!("{what} can't be read: it is misspelt, or occurs twice"));
        let parameters = Parameters::parse(raw.as_bytes()).map_err(|_| unreadable("the query"))?;
        let one = |name: &str| parameters.one(name).map_err(|_| unreadable(name));
        for name in ["$orderby", "$expand", "$search", "$skip", "$apply"] {
            if one(name)?.is_some() {
                return Err(Problem::unreadable(format!("{name} is not supported; $top, $skiptoken, $filter and $select are")));
            }
        }
        let top = one("$top")?.map(|text| text.parse().ok().filter(|top| (1..=MOST).contains(top)));
        let select = one("$select")?.map(|list| list.split(',').map(|name| name.trim().to_owned()).collect());
        Ok(Self {
            top: top.map(|top| top.ok_or_else(|| Problem::unreadable(format!("$top is a number from 1 to {MOST}")))).transpose()?,
            after: one("$skiptoken")?.map(str::to_owned),
            filter: one("$filter")?.map(str::to_owned),
            select,
        })
    }

    pub fn limit(&self) -> u32 {
        self.top.unwrap_or(USUAL)
    }

    /// What `$skiptoken` says the page begins after.
    pub fn after<T>(&self, read: impl FnOnce(&str) -> Option<T>) -> Result<Option<T>, Problem> {
        let wrong = || Problem::unreadable("$skiptoken is not one of ours: take it from @odata.nextLink as it is");
        self.after.as_deref().map(|text| read(text).ok_or_else(wrong)).transpose()
    }

    /// Only what was selected.
    pub fn selected(&self, value: Value) -> Value {
        match (&self.select, value) {
            (Some(names), Value::Object(mut all)) => {
                all.retain(|name, _| name.starts_with("@odata.") || names.iter().any(|wanted| wanted == name));
                Value::Object(all)
            }
            (_, value) => value,
        }
    }

    /// A page of a collection; `next` is what the next one begins after.
    pub fn page(&self, tenant: &Tenant, path: &str, values: Vec<Value>, next: Option<String>) -> Value {
        let base = app_token::audience(tenant);
        let mut page = Map::new();
        page.insert("@odata.context".into(), json!(context(tenant, path)));
        page.insert("value".into(), values.into_iter().map(|value| self.selected(value)).collect());
        if let Some(next) = next {
            let begin = format!("{base}{path}?");
            let from = begin.len();
            let mut link = url::form_urlencoded::Serializer::for_suffix(begin, from);
            link.extend_pairs(self.top.map(|top| ("$top", top.to_string())));
            link.extend_pairs(self.filter.as_ref().map(|filter| ("$filter", filter)));
            link.extend_pairs(self.select.as_ref().map(|names| ("$select", names.join(","))));
            link.append_pair("$skiptoken", &next);
            page.insert("@odata.nextLink".into(), json!(link.finish()));
        }
        Value::Object(page)
    }

    /// One thing of a collection.
    pub fn one(&self, tenant: &Tenant, path: &str, value: Value) -> Value {
        let mut value = self.selected(value);
        if let Value::Object(all) = &mut value {
            all.insert("@odata.context".into(), json!(format!("{}/$entity", context(tenant, path))));
        }
        value
    }
}

fn context(tenant: &Tenant, path: &str) -> String {
    format!("{}/$metadata#{}", app_token::audience(tenant), path.trim_start_matches('/'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_supported_is_read_and_the_rest_refused_by_name() {
        let query = Query::parse("$top=5&%24select=id,mail&$filter=mail%20eq%20'a%2Bb@p.example'&unknown=1").unwrap();
        assert_eq!((query.limit(), query.filter.as_deref()), (5, Some("mail eq 'a+b@p.example'")));
        assert_eq!(query.selected(json!({ "id": 1, "mail": 2, "x": 3 })), json!({ "id": 1, "mail": 2 }));
        assert_eq!(Query::parse("").unwrap().limit(), USUAL);
        for (bad, named) in [
            ("$top=0", "$top"),
            ("$top=1000", "$top"),
            ("$top=x", "$top"),
            ("$orderby=mail", "$orderby"),
            ("$skip=3", "$skip"),
            ("$top=1&$top=2", "$top"),
        ] {
            let problem = Query::parse(bad).unwrap_err();
            assert!(problem.detail.contains(named), "{problem:?}");
        }
    }
}
