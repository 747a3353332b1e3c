import { execFile } from "node:child_process";
import { createReadStream, createWriteStream, readFileSync } from "node:fs";
import { join } from "node:path";
import type { SecureVersion } from "node:tls";
import { promisify } from "node:util";
import { Client as BasicClient } from "basic-ftp";
import { PASSWORD, USER } from "../../packages/belfry/test/ftpd/ftpd-process.js";
import { missing } from "../tools.js";

/** Milliseconds a client may take. */
const TIME_LIMIT = 30_000;

/** Where a client goes, and how. */
export interface Visit {
  readonly port: number;
  readonly version: SecureVersion;
  readonly isImplicit: boolean;
  /** A directory with `up.bin`, where it is to put `down.bin`, and the CA in `../cert.pem`. */
  readonly folder: string;
}

/** A client of another make under TLS. */
export interface TlsClient {
  readonly name: string;
  readonly skip: string | false;
  /** Whether it resumes the session of its control connection on data connections. */
  readonly resumes: boolean;
  /**
   * Sends `up.bin`, gets it back as `down.bin` and lists the directory, by names.
   *
   * @returns what the client says of it: the listing, and the TLS version where it knows that.
   */
  readonly visit: (visit: Visit) => Promise<string>;
}

/** The clients that people have. */
export const TLS_CLIENTS: readonly TlsClient[] = [
  { name: "curl", skip: missing("curl"), resumes: true, visit: visitWithCurl },
  { name: "lftp", skip: missing("lftp"), resumes: true, visit: visitWithLftp },
  { name: "basic-ftp", skip: false, resumes: true, visit: visitWithBasicFtp },
  { name: "Python's ftplib", skip: missing("python3"), resumes: false, visit: visitWithFtplib },
];

async function visitWithCurl({ port, version, isImplicit, folder }: Visit): Promise<string> {
  const url = `${isImplicit ? "ftps" : "ftp"}://127.0.0.1:${port}/`;
  const number = version.slice("TLSv".length);
  const options = ["-sS", "-v", "--stderr", "-", "--ssl-reqd", "--cacert", "../cert.pem", "-u", `${USER}:${PASSWORD}`];
  const versions = [`--tlsv${number}`, "--tls-max", number];
  const all = [...options, ...versions];
  // Apart: under TLS 1.3 it uses each ticket once, and an upload brings no new one.
  await run(["curl", ...all, "-T", "up.bin", url], folder);
  const get = [...all, "-o", "down.bin", `${url}up.bin`];
  const list = [...all, "-l", url];
  return run(["curl", ...get, "--next", ...list], folder);
}

async function visitWithLftp({ port, version, isImplicit, folder }: Visit): Promise<string> {
  const commands = [
    "set cmd:fail-exit yes",
    "set net:max-retries 1",
    "set net:timeout 10",
    "set ftp:ssl-force yes",
    "set ftp:ssl-protect-data yes",
    `set ssl:ca-file ${join(folder, "../cert.pem")}`,
    `set ssl:priority NORMAL:-VERS-ALL:+VERS-TLS${version.slice("TLSv".length)}`,
    `open -u ${USER},${PASSWORD} ${isImplicit ? "ftps" : "ftp"}://127.0.0.1:${port}`,
    "put up.bin",
    "get up.bin -o down.bin",
    "cls -1",
  ];
  return `${version}\n${await run(["lftp", "--norc", "-c", commands.join("; ")], folder)}`;
}

async function visitWithBasicFtp({ port, version, isImplicit, folder }: Visit): Promise<string> {
  const client = new BasicClient(TIME_LIMIT);
  try {
    const ca = readFileSync(join(folder, "../cert.pem"));
    await client.access({
      host: "127.0.0.1",
      port,
      user: USER,
      password: PASSWORD,
      secure: isImplicit ? "implicit" : true,
      secureOptions: { ca, minVersion: version, maxVersion: version },
    });
    await client.uploadFrom(createReadStream(join(folder, "up.bin")), "up.bin");
    await client.downloadTo(createWriteStream(join(folder, "down.bin")), "up.bin");
    const names = (await client.list()).map(({ name }) => name);
    const { socket } = client.ftp;
    return [...names, "getProtocol" in socket ? socket.getProtocol() : "clear"].join("\n");
  } finally {
    client.close();
  }
}

const FTPLIB = `
import ftplib, ssl, sys
port, version, implicit, user, password = sys.argv[1:]

class Ftps(ftplib.FTP_TLS):
    _sock = None
    @property
    def sock(self):
        return self._sock
    @sock.setter
    def sock(self, value):
        if implicit == "true" and value is not None and not isinstance(value, ssl.SSLSocket):
            value = self.context.wrap_socket(value, server_hostname=self.host)
        self._sock = value

context = ssl.create_default_context(cafile="../cert.pem")
context.minimum_version = context.maximum_version = getattr(ssl.TLSVersion, version.replace(".", "_"))
ftp = Ftps(context=context, timeout=20)
ftp.connect("127.0.0.1", int(port))
ftp.login(user, password)
ftp.prot_p()
with open("up.bin", "rb") as up:
    ftp.storbinary("STOR up.bin", up)
with open("down.bin", "wb") as down:
    ftp.retrbinary("RETR up.bin", down.write)
print("\\n".join(ftp.nlst()))
print(ftp.sock.version())
ftp.quit()
`;

function visitWithFtplib({ port, version, isImplicit, folder }: Visit): Promise<string> {
  return run(["python3", "-c", FTPLIB, `${port}`, version, `${isImplicit}`, USER, PASSWORD], folder);
}

async function run([program = "", ...args]: readonly string[], cwd: string): Promise<string> {
  const env = { ...process.env, HOME: cwd, LC_ALL: "C.UTF-8", TERM: "dumb" };
  const { stdout } = await promisify(execFile)(program, args, { cwd, env, timeout: TIME_LIMIT });
  return stdout;
}
