//! REQUESTS OF APPS -> THE DIRECTORY. The management API: Microsoft Graph's names for invitations and guests, permissions that deny by
//! default, answers that a repeated request gets again. Knows no HTTP; whom to admit and what may be changed is `guests`'.
//!
//! Every request takes one road, [`answer()`]: token → client → [`permit`] → how often → [`replay`] → the operation.

mod again;
mod agreements;
mod answer;
mod assignments;
mod audit;
mod bulk;
mod deleted;
mod desk;
mod examples;
mod filter;
mod invitations;
mod invite;
mod openapi;
pub mod permit;
mod problem;
mod query;
mod replay;
pub mod routes;
mod sponsors;
mod users;
mod words;

pub use answer::answer;
pub use desk::{Answer, Ask, Body, House};
pub use openapi::description;
pub use problem::{Problem, ProblemDetails};
pub use replay::Answers;
