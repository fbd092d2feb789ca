//! A directory that can be asked: SCIM, WebFinger and an operator's hook on one port.

use std::{
    collections::BTreeMap,
    net::TcpListener,
    sync::{Arc, Mutex},
    time::Duration,
};

use actix_web::{App, HttpRequest, HttpResponse, HttpServer, dev::ServerHandle, web};
use serde_json::{Value, json};
use url::Url;

/// What it answers, and what it was asked.
#[derive(Default)]
pub struct Directory {
    /// By address; the value is whether it is active or managed.
    pub accounts: BTreeMap<String, bool>,
    pub issuer: String,
    pub token: Option<String>,
    pub delay: Option<Duration>,
    pub is_broken: bool,
    pub answers_everything: bool,
    pub asked: usize,
}

pub struct DirectoryPeer {
    pub base: Url,
    pub directory: Arc<Mutex<Directory>>,
    handle: ServerHandle,
}

type Shared = web::Data<Mutex<Directory>>;

impl DirectoryPeer {
    pub fn start(directory: Directory) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let base = format!("http://{}/", listener.local_addr().unwrap()).parse().unwrap();
        let directory = Arc::new(Mutex::new(directory));
        let shared = web::Data::from(Arc::clone(&directory));
        let (sender, receiver) = std::sync::mpsc::channel();
        std::thread::spawn(move || {
            actix_web::rt::System::new().block_on(async move {
                let app = move || {
                    App::new()
                        .app_data(shared.clone())
                        .route("/scim/v2/Users", web::get().to(users))
                        .route("/.well-known/webfinger", web::get().to(web_finger))
                        .route("/exists", web::post().to(hook))
                };
                let server = HttpServer::new(app).workers(1).disable_signals().listen(listener).unwrap().run();
                sender.send(server.handle()).unwrap();
                server.await.unwrap();
            });
        });
        Self { base, directory, handle: receiver.recv().unwrap() }
    }

    pub fn at(&self, path: &str) -> Url {
        self.base.join(path).unwrap()
    }

    pub fn set(&self, change: impl FnOnce(&mut Directory)) {
        change(&mut self.directory.lock().unwrap());
    }

    pub fn times_asked(&self) -> usize {
        self.directory.lock().unwrap().asked
    }
}

impl Drop for DirectoryPeer {
    fn drop(&mut self) {
        drop(self.handle.stop(false));
    }
}

/// Counts, waits, checks the token; `Err` is the answer already.
async fn enter(directory: &Shared, request: &HttpRequest) -> Result<BTreeMap<String, String>, HttpResponse> {
    let (delay, is_broken, token) = {
        let mut directory = directory.lock().unwrap();
        directory.asked += 1;
        (directory.delay, directory.is_broken, directory.token.clone())
    };
    if let Some(delay) = delay {
        tokio::time::sleep(delay).await;
    }
    let bearer = request.headers().get("authorization").map(|value| value.to_str().unwrap().to_owned());
    if request.query_string().contains("odd") {
        Err(HttpResponse::BadRequest().finish())
    } else if is_broken {
        Err(HttpResponse::BadGateway().body("no"))
    } else if token.is_some() && bearer != token.map(|token| format!("Bearer {token}")) {
        Err(HttpResponse::Unauthorized().finish())
    } else {
        Ok(web::Query::<BTreeMap<String, String>>::from_query(request.query_string()).unwrap().into_inner())
    }
}

async fn users(directory: Shared, request: HttpRequest) -> HttpResponse {
    let query = match enter(&directory, &request).await {
        Ok(query) => query,
        Err(answer) => return answer,
    };
    let wanted: String = serde_json::from_str(query["filter"].strip_prefix("userName eq ").unwrap()).unwrap();
    let directory = directory.lock().unwrap();
    let found = directory.accounts.iter().filter(|(name, _)| directory.answers_everything || name.eq_ignore_ascii_case(&wanted));
    let resources: Vec<Value> = found.map(|(name, active)| json!({"id": "1", "userName": name, "active": active})).collect();
    let schemas = ["urn:ietf:params:scim:api:messages:2.0:ListResponse"];
    HttpResponse::Ok()
        .content_type("application/scim+json")
        .body(json!({"schemas": schemas, "totalResults": resources.len(), "Resources": resources}).to_string())
}

async fn web_finger(directory: Shared, request: HttpRequest) -> HttpResponse {
    let query = match enter(&directory, &request).await {
        Ok(query) => query,
        Err(answer) => return answer,
    };
    assert_eq!(query["rel"], "http://openid.net/specs/connect/1.0/issuer");
    let directory = directory.lock().unwrap();
    let wanted = query["resource"].strip_prefix("acct:").unwrap();
    if !directory.accounts.contains_key(wanted) {
        return HttpResponse::NotFound().finish();
    }
    let link = json!({"rel": "http://openid.net/specs/connect/1.0/issuer", "href": directory.issuer});
    HttpResponse::Ok().content_type("application/jrd+json").body(json!({"subject": query["resource"], "links": [link]}).to_string())
}

async fn hook(directory: Shared, request: HttpRequest, body: web::Json<Value>) -> HttpResponse {
    if let Err(answer) = enter(&directory, &request).await {
        return answer;
    }
    let found = directory.lock().unwrap().accounts.get(body["address"].as_str().unwrap()).copied();
    HttpResponse::Ok().json(json!({"exists": found.is_some(), "managed": found}))
}
