//! The API's description of itself: OpenAPI 3.1, made from the same tables that decide ([`super::routes`], [`super::permit`]) and the
//! same types that are read and written.

use std::sync::OnceLock;

use serde_json::{Value, json};
use utoipa::{
    ToSchema,
    openapi::{
        Components, ComponentsBuilder, ContentBuilder, HttpMethod, InfoBuilder, OpenApi, OpenApiBuilder, PathItem, PathsBuilder, Ref,
        RefOr, Required, ResponseBuilder,
        path::{Operation as Described, OperationBuilder, Parameter, ParameterBuilder, ParameterIn},
        request_body::{RequestBody, RequestBodyBuilder},
        schema::{ObjectBuilder, Schema, Type},
        security::{ClientCredentials, Flow, OAuth2, Scopes, SecurityRequirement, SecurityScheme},
    },
};

use super::{
    assignments::NewAssignment,
    bulk::{BulkLine, BulkProgress},
    desk::Answer,
    examples,
    invite::{GraphInvitation, NewInvitation},
    permit::Operation,
    problem::ProblemDetails,
    routes::{ROUTES, Route, Verb},
    sponsors::SponsorReference,
    users::UserUpdate,
};
use crate::{
    domain::{permission::Permission, tenant::Tenant},
    guests::{self, GraphUser},
    token::app_token,
};

const SCHEME: &str = "oauth2";

pub(super) fn answer(tenant: &Tenant) -> Answer {
    Answer::ok(description(tenant))
}

/// The description, with the tenant's own addresses.
pub fn description(tenant: &Tenant) -> Value {
    static DESCRIBED: OnceLock<Value> = OnceLock::new();
    let mut described = DESCRIBED.get_or_init(|| serde_json::to_value(document()).unwrap_or_default()).clone();
    described["servers"] = json!([{ "url": app_token::audience(tenant), "description": tenant.name }]);
    described["components"]["securitySchemes"][SCHEME]["flows"]["clientCredentials"]["tokenUrl"] = json!(tenant.issuer.at("/token"));
    described
}

fn document() -> OpenApi {
    let info = InfoBuilder::new().title("Gatehouse management API").version("v1").description(Some(
        "Invitations and guests, with the names of Microsoft Graph: a script written for Graph works here with another base URL and \
         token. Collections come in pages: follow `@odata.nextLink`. A POST may carry an `Idempotency-Key`; the same request under the \
         same key is done once and answered alike for a day.",
    ));
    let mut paths = PathsBuilder::new();
    for route in ROUTES {
        let method = match route.verb {
            Verb::Get => HttpMethod::Get,
            Verb::Post => HttpMethod::Post,
            Verb::Patch => HttpMethod::Patch,
            Verb::Delete => HttpMethod::Delete,
        };
        paths = paths.path(route.path, PathItem::new(method, described(route)));
    }
    OpenApiBuilder::new().info(info.build()).paths(paths.build()).components(Some(components())).build()
}

fn components() -> Components {
    let scopes = Scopes::from_iter(Permission::ALL.iter().map(|permission| (permission.as_str(), permission.as_str())));
    let mut schemas = Vec::new();
    add::<GraphUser>(&mut schemas);
    add::<UserUpdate>(&mut schemas);
    add::<GraphInvitation>(&mut schemas);
    add::<NewInvitation>(&mut schemas);
    add::<BulkProgress>(&mut schemas);
    add::<BulkLine>(&mut schemas);
    add::<SponsorReference>(&mut schemas);
    add::<NewAssignment>(&mut schemas);
    add::<ProblemDetails>(&mut schemas);
    ComponentsBuilder::new()
        .schemas_from_iter(schemas)
        .security_scheme(SCHEME, SecurityScheme::OAuth2(OAuth2::new([Flow::ClientCredentials(ClientCredentials::new("/token", scopes))])))
        .build()
}

/// A type, and those it is made of.
fn add<T: ToSchema>(schemas: &mut Vec<(String, RefOr<Schema>)>) {
    T::schemas(schemas);
    schemas.push((T::name().into_owned(), T::schema()));
}

fn described(route: &Route) -> Described {
    let operation = route.operation;
    let permissions: Vec<&str> = operation.allowed_by().iter().map(|(permission, _)| permission.as_str()).collect();
    let needed = if permissions.is_empty() { "Open to anyone.".to_owned() } else { format!("Takes one of: {}.", permissions.join(", ")) };
    let is_reference = route.path.ends_with("$ref");
    let is_first = ROUTES.iter().find(|other| other.operation == operation).is_some_and(|first| first.path == route.path);
    // Two addresses of one operation are told apart.
    let suffix = match (is_first, is_reference) {
        (true, _) => "",
        (false, true) => "ByReference",
        (false, false) => "Alias",
    };
    let mut out = OperationBuilder::new()
        .operation_id(Some(format!("{}{suffix}", operation.as_str())))
        .summary(Some(operation.summary()))
        .description(Some(needed))
        .tag(route.path.split('/').nth(1).unwrap_or_default())
        .parameters(Some(parameters(route)))
        .request_body(request_body(operation));
    // Each permission by itself is enough, so each is an alternative.
    for permission in permissions {
        out = out.security(SecurityRequirement::new(SCHEME, [permission]));
    }
    let (status, content) = success(operation);
    let mut said = ResponseBuilder::new().description(operation.summary());
    if let Some((kind, schema, example)) = content {
        let schema = schema.map_or_else(|| ObjectBuilder::new().into(), |name| RefOr::Ref(Ref::from_schema_name(name)));
        said = said.content(kind, ContentBuilder::new().schema(Some(schema)).example(example).build());
    }
    out = out.response(status, said.build());
    for status in refusals(route) {
        let problem = ContentBuilder::new().schema(Some(Ref::from_schema_name("ProblemDetails"))).example(Some(examples::problem(status)));
        let refused = ResponseBuilder::new().description(examples::reason(status)).content("application/problem+json", problem.build());
        out = out.response(status.to_string(), refused.build());
    }
    out.build()
}

fn parameters(route: &Route) -> Vec<Parameter> {
    let text = || Some(ObjectBuilder::new().schema_type(Type::String));
    let parts = route.path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'));
    let mut all: Vec<Parameter> = parts
        .map(|name| ParameterBuilder::new().name(name).parameter_in(ParameterIn::Path).required(Required::True).schema(text()).build())
        .collect();
    let is_collection = route.operation.as_str().starts_with("list");
    let is_count = route.operation.as_str().starts_with("count");
    let names: &[(&str, &str)] = if is_count {
        &[("$filter", examples::filter(route.operation))]
    } else if is_collection {
        &[
            ("$top", "Entries of a page, 1 to 999"),
            ("$skiptoken", "From `@odata.nextLink`"),
            ("$filter", examples::filter(route.operation)),
            ("$select", "Properties, joined by commas"),
        ]
    } else if route.operation == Operation::InviteInBulk {
        &[
            ("inviteRedirectUrl", "Where guests land, for lines that do not say"),
            ("sendInvitationMessage", "false: lines that do not say are not mailed"),
            ("messageLanguage", "`en`, `de`, `fr`, with or without a region"),
        ]
    } else if route.verb == Verb::Get {
        &[("$select", "Properties, joined by commas")]
    } else {
        &[]
    };
    let query = |(name, said): &(&str, &str)| {
        ParameterBuilder::new().name(*name).parameter_in(ParameterIn::Query).description(Some(*said)).schema(text()).build()
    };
    all.extend(names.iter().map(query));
    if route.verb == Verb::Post {
        let said = "The same request under the same key is done once";
        let key = ParameterBuilder::new().name("Idempotency-Key").parameter_in(ParameterIn::Header).description(Some(said)).schema(text());
        all.push(key.build());
    }
    all
}

fn request_body(operation: Operation) -> Option<RequestBody> {
    let required = |kind, content| RequestBodyBuilder::new().content(kind, content).required(Some(Required::True)).build();
    if operation == Operation::InviteInBulk {
        let file = ContentBuilder::new().schema(Some(ObjectBuilder::new().schema_type(Type::String)));
        return Some(required("text/csv", file.example(Some(json!(guests::bulk::template()))).build()));
    }
    let (schema, example) = match operation {
        Operation::Invite => ("NewInvitation", examples::invitation_asked()),
        Operation::UpdateUser => ("UserUpdate", json!({ "accountEnabled": false })),
        Operation::AddSponsor => ("SponsorReference", json!({ "displayName": "Finance" })),
        Operation::AssignApp => ("NewAssignment", json!({ "appId": "portal" })),
        _ => return None,
    };
    let content = ContentBuilder::new().schema(Some(Ref::from_schema_name(schema))).example(Some(example)).build();
    Some(required("application/json", content))
}

/// Status; media type, schema and example of what comes with it.
type Success = (&'static str, Option<(&'static str, Option<&'static str>, Option<Value>)>);

fn success(operation: Operation) -> Success {
    use Operation as O;
    const JSON: &str = "application/json";
    match operation {
        O::Invite | O::ReissueInvitation => ("201", Some((JSON, Some("GraphInvitation"), Some(examples::invitation())))),
        O::ShowInvitation | O::ResendInvitation | O::RevokeInvitation => {
            ("200", Some((JSON, Some("GraphInvitation"), Some(examples::invitation()))))
        }
        O::InviteInBulk => ("202", Some((JSON, Some("BulkProgress"), None))),
        O::ShowBulk => ("200", Some((JSON, Some("BulkProgress"), None))),
        O::ShowUser | O::ShowDeleted | O::RestoreUser => ("200", Some((JSON, Some("GraphUser"), None))),
        O::CountUsers | O::CountInvitations => ("200", Some(("text/plain", None, Some(json!("250"))))),
        O::AssignApp => ("201", Some((JSON, None, Some(json!({ "id": "portal", "appId": "portal" }))))),
        O::UpdateUser | O::DeleteUser | O::AddSponsor | O::RemoveSponsor | O::UnassignApp | O::PurgeUser => ("204", None),
        O::ListInvitations => ("200", Some((JSON, None, Some(json!({ "value": [examples::invitation()] }))))),
        O::RevokeSessions => ("200", Some((JSON, None, Some(json!({ "value": true }))))),
        O::ListUsers
        | O::ListBulkLines
        | O::ListDeleted
        | O::ListSponsors
        | O::ListAssignments
        | O::ListAuditLogs
        | O::ListAgreements
        | O::ListAcceptances
        | O::ShowTimeline => ("200", Some((JSON, None, Some(json!({ "value": [] }))))),
        O::Describe => ("200", Some((JSON, None, None))),
    }
}

/// Which refusals a caller should be ready for.
fn refusals(route: &Route) -> Vec<u16> {
    if route.operation.is_open() {
        return Vec::new();
    }
    let mut all = vec![400, 401, 403, 429, 503];
    all.extend(route.path.contains('{').then_some(404));
    all.extend((route.verb == Verb::Post || route.operation == Operation::UpdateUser).then_some(409));
    all.extend(request_body(route.operation).map(|_| 413));
    all.sort_unstable();
    all
}
