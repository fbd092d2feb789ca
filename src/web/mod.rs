//! THE DOOR. Extract → one call → respond. The only rooms that know HTTP are this one and `server`.

mod account;
mod admin;
mod agreements;
mod assets;
mod authorize;
mod callback;
mod caller;
mod cookies;
mod cors;
mod door;
mod embedded;
mod handoff;
mod health;
mod metadata;
mod organizations;
mod origin;
mod portal;
mod redeem;
mod reply;
mod root_span;
mod show;
mod signin;
mod signout;
mod terms;
mod token;
mod userinfo;
mod well_known;

use actix_web::{
    http::Method,
    middleware::Compress,
    web::{self, PayloadConfig, ServiceConfig},
};

use crate::upstream;

pub use door::{Door, Fittings};
pub use root_span::{greet, scribe};

/// Every address there is. Plain ones first: they are compared, the others are matched.
pub fn routes(config: &mut ServiceConfig) {
    config
        // Only what is the same for everyone is compressed: a compressed page that holds a token and an echo gives the token away.
        .service(web::scope("/assets").service(web::resource("/{file}").wrap(Compress::default()).get(assets::file)))
        .service(web::scope("/common").configure(common_routes).default_service(web::to(reply::no_such_page)))
        .service(web::resource("/apps").get(portal::of_tenant))
        .service(web::resource("/account").get(portal::of_tenant))
        .service(web::scope("/{tenant}").configure(tenant_routes).default_service(web::to(reply::no_such_page)))
        .default_service(web::to(reply::no_such_page));
}

/// For whoever knows no tenant.
fn common_routes(config: &mut ServiceConfig) {
    config
        .service(web::resource("").get(organizations::ask))
        .service(web::resource("/apps").get(organizations::ask))
        .service(web::resource("/authorize").get(organizations::authorize))
        .service(web::resource("/confirm").get(organizations::onward).post(organizations::confirm))
        .service(web::resource("/forget").get(organizations::onward).post(organizations::forget));
}

fn tenant_routes(config: &mut ServiceConfig) {
    let options = || web::method(Method::OPTIONS);
    config
        .service(web::resource("/token").post(token::issue).route(options().to(cors::preflight)))
        .service(web::resource("/authorize").get(authorize::by_query).post(authorize::by_form))
        .service(web::resource("/userinfo").get(userinfo::by_header).post(userinfo::by_form).route(options().to(cors::preflight)))
        .service(web::scope(admin::PLACE).configure(admin::routes).default_service(web::to(admin::nothing_here)))
        .service(web::resource("/jwks").get(well_known::jwks).route(options().to(cors::preflight_public)))
        .service(
            web::resource("/.well-known/openid-configuration").get(well_known::configuration).route(options().to(cors::preflight_public)),
        )
        .service(web::resource("/branding/logo").get(assets::logo))
        .service(web::resource("/redeem").get(redeem::look).post(redeem::accept))
        .service(web::resource("/invitations/block").get(redeem::ask_to_block).post(redeem::block))
        .service(web::resource("/signin/{client}").guard(portal::names_no_flow).get(portal::launch))
        .service(web::resource("/device").get(handoff::ask).post(handoff::enter))
        .service(web::scope("/signin/{flow}").configure(signin_routes))
        .service(web::resource("/apps").get(portal::apps))
        .service(web::scope("/account").configure(account_routes).default_service(web::to(reply::no_such_page)))
        .service(web::resource("/signout").get(signout::ask).post(signout::end))
        .service(web::resource("/callback/{provider}").app_data(of_partners()).get(callback::by_query).post(callback::by_form))
        .service(web::resource("/callback/{provider}/logout").app_data(of_partners()).get(signout::by_query).post(signout::by_form))
        .service(web::resource("/saml/{provider}/metadata").get(metadata::saml))
        .service(web::resource("/wsfed/{provider}/metadata").get(metadata::ws_fed));
}

fn account_routes(config: &mut ServiceConfig) {
    config
        .service(web::resource("").get(account::show))
        .service(web::resource("/documents/{hash}").get(agreements::document))
        .service(web::resource("/terms/{terms}").get(agreements::waiting))
        .service(web::resource("/sessions/end").get(account::onward).post(account::end_session))
        .service(web::resource("/sessions/end-all").get(account::onward).post(account::end_all))
        .service(web::resource("/leave").get(account::ask_to_leave).post(account::leave))
        .service(web::resource("/goodbye").get(account::goodbye));
}

/// A signed answer is longer than anything a person or an app sends.
fn of_partners() -> PayloadConfig {
    PayloadConfig::new(upstream::LONGEST)
}

fn signin_routes(config: &mut ServiceConfig) {
    config
        .service(web::resource("").get(signin::show))
        .service(web::resource("/address").get(signin::onward).post(signin::address))
        .service(web::resource("/account").get(signin::onward).post(signin::account))
        .service(web::resource("/create").get(signin::onward).post(signin::new_account))
        .service(web::resource("/passcode").get(signin::onward).post(signin::passcode))
        .service(web::resource("/passcode/resend").get(signin::onward).post(signin::resend))
        .service(web::resource("/consent").get(signin::onward).post(signin::consent))
        .service(web::resource("/confirm").get(signin::onward).post(signin::confirm))
        .service(web::resource("/terms").get(terms::open))
        .service(web::resource("/elsewhere").get(signin::onward).post(handoff::resume))
        .service(web::resource("/device").get(signin::onward).post(handoff::confirm))
        .service(web::resource("/restart").get(signin::onward).post(signin::restart));
}

/// Addresses for the operator alone; on their own listener, or beside the others.
pub fn operator_routes(config: &mut ServiceConfig) {
    config
        .service(web::resource("/health/live").get(health::live))
        .service(web::resource("/health/ready").get(health::ready))
        .service(web::resource("/metrics").get(health::metrics));
}

/// What answers where no route leads.
pub fn nowhere() -> actix_web::Route {
    web::to(reply::no_such_page)
}
