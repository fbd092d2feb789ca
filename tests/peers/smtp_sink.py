"""A mail server that keeps what it gets: STARTTLS (or TLS from the start), AUTH, faults by magic names. Needs aiosmtpd 1.4.

    python3 smtp_sink.py [--tls starttls|implicit|none] [--out FILE] [--host localhost] [--port 0]

First line on stdout: {"host", "port", "username", "password", "ca"} (ca: PEM text, when there is TLS).
Then one JSON line a message, on stdout and in FILE: {"mail_from", "rcpt_to", "tls", "user", "subject", "message_id", "text", "raw"}.
Local parts with a meaning: `later…` 451, `unknown…` 550, `slow…` no answer for 30 s, `drop…` closes the connection,
`vanish…` keeps the message and closes the connection without a word.
Ends when stdin closes.
"""

import argparse
import asyncio
import email
import email.policy
import json
import os
import ssl
import subprocess
import sys
import tempfile

from aiosmtpd.smtp import SMTP, AuthResult

USERNAME, PASSWORD = "gatehouse", "correct horse"


def certificate(folder, host):
    key, cert = os.path.join(folder, "key.pem"), os.path.join(folder, "cert.pem")
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
         "-subj", f"/CN={host}", "-addext", f"subjectAltName=DNS:{host},IP:127.0.0.1",
         "-addext", "basicConstraints=critical,CA:FALSE", "-addext", "extendedKeyUsage=serverAuth",
         "-keyout", key, "-out", cert],
        check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(cert, key)
    with open(cert, encoding="ascii") as file:
        return context, file.read()


def authenticate(_server, _session, _envelope, _mechanism, data):
    ok = (data.login, data.password) == (USERNAME.encode(), PASSWORD.encode())
    return AuthResult(success=ok, handled=ok, auth_data=data)


class Keeper:
    def __init__(self, out):
        self.out = out

    async def handle_RCPT(self, server, _session, envelope, address, _options):
        local = address.split("@")[0]
        if local.startswith("later"):
            return f"451 4.3.0 <{address}> come back later"
        if local.startswith("unknown"):
            return f"550 5.1.1 <{address}> nobody of that name"
        if local.startswith("slow"):
            await asyncio.sleep(30)
        if local.startswith("drop"):
            server.transport.abort()
            return "421 4.3.2 gone"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        raw = envelope.content if isinstance(envelope.content, bytes) else envelope.content.encode()
        message = email.message_from_bytes(raw, policy=email.policy.SMTPUTF8)
        body = message.get_body(("plain",))
        line = json.dumps({
            "mail_from": envelope.mail_from, "rcpt_to": envelope.rcpt_tos, "tls": server.transport.get_extra_info("ssl_object") is not None,
            "user": session.auth_data.login.decode() if session.auth_data else None,
            "subject": message["Subject"], "message_id": message["Message-ID"],
            "text": body.get_content() if body else None, "raw": raw.decode("utf-8", "replace"),
        })
        print(line, flush=True)
        if self.out:
            with open(self.out, "a", encoding="utf-8") as file:
                file.write(line + "\n")
        if envelope.rcpt_tos[0].startswith("vanish"):
            server.transport.abort()
        return "250 OK kept"


async def main():
    options = argparse.ArgumentParser()
    options.add_argument("--tls", choices=["starttls", "implicit", "none"], default="starttls")
    options.add_argument("--out")
    options.add_argument("--host", default="localhost")
    options.add_argument("--port", type=int, default=0)
    args = options.parse_args()
    loop = asyncio.get_running_loop()
    with tempfile.TemporaryDirectory() as folder:
        context, ca = (None, None) if args.tls == "none" else certificate(folder, args.host)
        starttls = context if args.tls == "starttls" else None

        def session():
            return SMTP(Keeper(args.out), hostname=args.host, enable_SMTPUTF8=True, tls_context=starttls,
                        require_starttls=starttls is not None, authenticator=authenticate,
                        auth_required=args.tls != "none", auth_require_tls=args.tls == "starttls", loop=loop)

        server = await loop.create_server(session, "127.0.0.1", args.port, ssl=context if args.tls == "implicit" else None)
        port = server.sockets[0].getsockname()[1]
        print(json.dumps({"host": args.host, "port": port, "username": USERNAME, "password": PASSWORD, "ca": ca}), flush=True)
        # Not a parent's death but its closed pipe: no one is left behind.
        while await loop.run_in_executor(None, sys.stdin.buffer.read, 1):
            pass
        server.close()


asyncio.run(main())
