//! The two floors, taken in the same run and the same way: an empty actix handler in a process of its own, and one ES256
//! signature. What a sign-in costs is to be read beside them.

use std::{cell::Cell, ffi::OsString, net::SocketAddr, rc::Rc};

use actix_web::{App, HttpResponse, HttpServer, web};
use tokio::time::Instant;

use crate::{
    Answer, Knobs, Line,
    process::{Process, SERVER_CORE, free_port, own_cpu_nanos},
    stub::Stub,
    wire::Wire,
};

/// The argument that makes this program the floor's server instead.
pub(crate) const SERVE: &str = "--serve-floor";

pub(crate) async fn serve(port: u16) -> Answer<()> {
    let app = || App::new().route("/", web::get().to(|| async { HttpResponse::Ok().body("hello") }));
    Ok(HttpServer::new(app).workers(1).bind(("127.0.0.1", port))?.run().await?)
}

/// CPU of the server per request, saturated.
pub(crate) async fn hello(knobs: &Knobs) -> Answer<Line> {
    let at = SocketAddr::from(([127, 0, 0, 1], free_port()?));
    let arguments = [OsString::from(SERVE), at.port().to_string().into()];
    let mut process = Process::start(SERVER_CORE, std::env::current_exe()?.as_os_str(), &arguments)?;
    process.ready(at, "/").await?;
    let served = Rc::new(Cell::new(0_u64));
    let until = Instant::now() + knobs.block * 2;
    let before = process.cpu_nanos()?;
    let began = Instant::now();
    let mut clients = Vec::new();
    for _ in 0..knobs.users {
        let served = Rc::clone(&served);
        clients.push(tokio::task::spawn_local(async move {
            let mut wire = Wire::new(at);
            while Instant::now() < until {
                wire.get("/", "").await.map_err(|error| error.to_string())?;
                served.set(served.get() + 1);
            }
            Ok::<_, String>(())
        }));
    }
    for client in clients {
        client.await??;
    }
    let micros = process.cpu_nanos()?.saturating_sub(before) as f64 / 1000.0;
    let utilisation = micros / began.elapsed().as_micros() as f64;
    let served = served.get() as f64;
    Ok(vec![
        ("floor", "empty actix handler".into()),
        ("per_cpu_second", (served * 1e6 / micros).round().into()),
        ("cpu_micros", round(micros / served).into()),
        ("utilisation", round(utilisation).into()),
    ])
}

pub(crate) fn signature(stub: &Stub) -> Answer<Line> {
    const TIMES: u32 = 20_000;
    let before = own_cpu_nanos()?;
    for _ in 0..TIMES {
        std::hint::black_box(stub.signature()?);
    }
    let micros = (own_cpu_nanos()? - before) as f64 / 1000.0 / f64::from(TIMES);
    Ok(vec![
        ("floor", "one ES256 signature".into()),
        ("per_cpu_second", (1e6 / micros).round().into()),
        ("cpu_micros", round(micros).into()),
    ])
}

/// Two decimals: more would be noise.
pub(crate) fn round(value: f64) -> f64 {
    (value * 100.0).round() / 100.0
}
