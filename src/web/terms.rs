//! Documents of terms of use, opened by the person who is asked to accept them, or who once did.
//!
//! Whoever wrote them, they can run nothing and fetch nothing: HTML was cleaned when it was read, and the policy is that of every page.

use actix_web::{
    HttpResponse,
    http::{StatusCode, header},
    web::Path,
};

use super::{caller::Caller, reply, show as place};
use crate::{
    domain::{
        consent::{DocumentHash, Matter, Owed},
        error_code::ErrorCode,
        flow::{Flow, Stage},
        id::FlowId,
        locale::Locale,
        terms::{Media, Shown, TermsDocument},
    },
    pages::{self, Body, Document, DocumentPage, FlowForms, Frame, Place, TermsOfUse},
    signin::{Failure, opening},
};

/// For a viewer of PDF, which is a plug-in of the browser's own: nothing else, and no frame around it.
const OF_PDF: &str =
    "default-src 'none'; object-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

/// `/signin/{flow}/terms`: the document that is asked about now, as a page of its own.
pub(super) async fn open(caller: Caller, parts: Path<(String, String)>) -> HttpResponse {
    let Some(flow) = FlowId::parse(&parts.1) else {
        return reply::visit(&caller, Err(Failure::new(ErrorCode::FlowGone, "the address names no sign-in")));
    };
    match opening::open(&caller.door.porter, &caller.tenant, flow, &caller.visitor(flow)).await {
        Ok(Some(opened)) => {
            let frame = Frame { reference: None, ..place::frame(&caller, opened.flow.locale) };
            served(frame, &opened.name, opened.locale, &opened.document, &place::path(&caller, flow))
        }
        Ok(None) => reply::see_other(&place::path(&caller, flow)),
        Err(failure) => reply::visit(&caller, Err(failure)),
    }
}

/// One of the terms of use as it is asked about.
pub(super) struct Asked<'a> {
    pub shown: Shown<'a>,
    pub place: Place,
    pub opened: &'a [DocumentHash],
    pub is_reminded: bool,
}

impl Asked<'_> {
    pub fn page(self, frame: Frame, forms: FlowForms, address: String, provider: Option<String>) -> TermsOfUse {
        let Shown { terms, version, locale, document } = self.shown;
        let kilobytes = u32::try_from(document.bytes.len().div_ceil(1000)).unwrap_or(u32::MAX);
        TermsOfUse {
            name: terms.name(frame.locale).to_owned(),
            version: version.label.clone(),
            place: self.place,
            language: locale,
            document: match document.media {
                Media::Pdf => Document::Pdf(kilobytes),
                Media::Html | Media::Text if terms.must_be_opened => Document::Page,
                Media::Html | Media::Text => Document::Here(String::from_utf8_lossy(&document.bytes).into_owned()),
            },
            is_unopened: terms.must_be_opened && !self.opened.contains(&document.hash),
            is_reminded: self.is_reminded,
            frame,
            forms,
            address,
            provider,
        }
    }
}

/// Which of how many terms this is in this sign-in.
pub(super) fn place(flow: &Flow, owed: &Owed) -> Place {
    let is_terms = |matter: &&Matter| matches!(matter, Matter::Terms(_));
    let consented = if let Stage::Consent { origin, .. } = &flow.stage { origin.consented() } else { &[] };
    let consented = consented.iter().filter(is_terms).count();
    let count = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
    Place { number: count(consented + 1), of: count(consented + owed.terms()) }
}

/// A document for somebody who may read it: PDF as it is, everything else on a page that leads back.
pub(super) fn served(frame: Frame, name: &str, language: Locale, document: &TermsDocument, back: &str) -> HttpResponse {
    let name = name.to_owned();
    let body = match document.media {
        Media::Pdf => return pdf(document),
        Media::Html => Body::html(&document.bytes),
        Media::Text => Body::text(&document.bytes),
    };
    let page = DocumentPage { frame, name, language, body, back: back.to_owned() };
    reply::html(StatusCode::OK, page.render(), &pages::csp(&[]))
}

/// The very octets, to keep. Whatever opens them, nothing of it is ours.
pub(super) fn downloaded(document: &TermsDocument) -> HttpResponse {
    let ending = match document.media {
        Media::Pdf => "pdf",
        Media::Html => "html",
        Media::Text => "txt",
    };
    HttpResponse::Ok()
        .content_type(document.media.content_type())
        .insert_header((header::CONTENT_DISPOSITION, format!("attachment; filename=\"terms.{ending}\"")))
        .insert_header((
            header::CONTENT_SECURITY_POLICY,
            "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'; sandbox",
        ))
        .body(document.bytes.to_vec())
}

fn pdf(document: &TermsDocument) -> HttpResponse {
    HttpResponse::Ok()
        .content_type(Media::Pdf.content_type())
        .insert_header((header::CONTENT_DISPOSITION, "inline; filename=\"terms.pdf\""))
        .insert_header((header::CONTENT_SECURITY_POLICY, OF_PDF))
        .body(document.bytes.to_vec())
}
