"""Certificates for a cluster of this machine alone: a CA, and one for each name, in PEM as Kafka takes
it (keys unencrypted, in PKCS#8). Needs openssl."""

import subprocess


def _openssl(*arguments):
    subprocess.run(["openssl", *map(str, arguments)], check=True, capture_output=True, timeout=60)


def _make_key(path):
    _openssl("genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256", "-out", path)
    path.chmod(0o600)


def make_certificates(folder, names):
    """<folder>/ca.cert.pem, and of each name NAME.cert.pem, NAME.key.pem and NAME.all.pem with both and
    the CA's. Each is good for 127.0.0.1 and localhost, for servers and for clients."""
    folder.mkdir(parents=True, exist_ok=True)
    ca_key = folder / "ca.key.pem"
    ca = folder / "ca.making.pem"
    _make_key(ca_key)
    _openssl("req", "-x509", "-new", "-key", ca_key, "-subj", "/CN=lumbung test CA", "-days", "3650", "-out", ca)
    extensions = folder / "extensions"
    extensions.write_text(
        "subjectAltName=IP:127.0.0.1,DNS:localhost\nextendedKeyUsage=serverAuth,clientAuth\n"
    )
    for name in names:
        key, request, certificate = (folder / f"{name}.{part}" for part in ("key.pem", "csr", "cert.pem"))
        _make_key(key)
        _openssl("req", "-new", "-key", key, "-subj", f"/CN={name}", "-out", request)
        _openssl("x509", "-req", "-in", request, "-CA", ca, "-CAkey", ca_key, "-CAcreateserial", "-days", "3650",
                 "-extfile", extensions, "-out", certificate)  # fmt: skip
        everything = folder / f"{name}.all.pem"
        everything.write_text(key.read_text() + certificate.read_text() + ca.read_text())
        everything.chmod(0o600)
    # Last: who sees it finds all of them.
    ca.rename(folder / "ca.cert.pem")
