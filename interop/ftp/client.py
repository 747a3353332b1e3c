"""Drives Python's ftplib through all it can do, and says what came of it as a line of JSON.

usage: client.py HOST PORT USER PASSWORD
"""

import ftplib
import io
import json
import sys

host, port, user, password = sys.argv[1:]
data = bytes((i * 7 + i // 251) % 256 for i in range(1_000_000))


def fetch(ftp, name, rest=None):
    received = io.BytesIO()
    ftp.retrbinary("RETR " + name, received.write, rest=rest)
    return received.getvalue()


said = {}
with ftplib.FTP(timeout=10) as ftp:
    said["welcome"] = ftp.connect(host, int(port))[:4]
    ftp.login(user, password)

    said["mkd"] = ftp.mkd('say "hi"')
    ftp.cwd('say "hi"')
    said["pwd"] = ftp.pwd()
    ftp.cwd("..")
    said["stor"] = ftp.storbinary("STOR a b.bin", io.BytesIO(data))[:3]
    said["size"] = ftp.size("a b.bin")
    said["retr"] = fetch(ftp, "a b.bin") == data
    said["retr from"] = fetch(ftp, "a b.bin", rest=999_000) == data[999_000:]
    ftp.storbinary("STOR a b.bin", io.BytesIO(b"XYZ"), rest=10)
    said["stor from"] = fetch(ftp, "a b.bin") == data[:10] + b"XYZ" + data[13:]
    ftp.storbinary("APPE a b.bin", io.BytesIO(b"more"))
    said["appe"] = fetch(ftp, "a b.bin", rest=1_000_000).decode()

    said["storlines"] = ftp.storlines("STOR text", io.BytesIO(b"one\ntwo\n"))[:3]
    lines = []
    ftp.retrlines("RETR text", lines.append)
    said["retrlines"] = lines
    said["stored text"] = fetch(ftp, "text").decode()

    said["mfmt"] = ftp.sendcmd("MFMT 20230506070809 text")
    said["mdtm"] = ftp.sendcmd("MDTM text")
    said["nlst"] = sorted(ftp.nlst())
    said["nlst empty"] = ftp.nlst('say "hi"')
    listed = []
    ftp.dir(listed.append)
    said["list"] = len(listed)
    said["mlsd"] = sorted(
        [name, facts["type"], facts.get("size"), facts["modify"] if name == "text" else None]
        for name, facts in ftp.mlsd(facts=["type", "size", "modify"])
    )

    said["rename"] = ftp.rename("text", "renamed")[:3]
    said["delete"] = ftp.delete("renamed")[:3]
    said["rmd"] = ftp.rmd('say "hi"')[:3]
    for command in ("RETR none", "RMD none"):
        try:
            ftp.voidcmd(command) if command.startswith("RMD") else fetch(ftp, "none")
        except ftplib.error_perm as error:
            said[command] = str(error)[:3]

    # All of ABOR goes as urgent data, the byte that ends its line included, while nobody reads what is sent.
    conn = ftp.transfercmd("RETR big.bin")
    conn.recv(10)
    said["abort"] = [ftp.abort()[:3], ftp.voidresp()[:3]]
    conn.close()
    said["after that"] = fetch(ftp, "a b.bin", rest=1_000_000).decode()
    said["quit"] = ftp.quit()[:3]

print(json.dumps(said))
