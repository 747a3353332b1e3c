import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { missing } from "../tools.js";
import { PASSWORD, type Site, USER } from "./site.js";

/** A client that is to put all of `here` into `/there`, and to get `/there` back as `back/there`. */
export interface NameClient {
  readonly name: string;
  readonly skip: string | false;
  /** Names that it cannot handle, with any server. */
  readonly cannot: RegExp;
  /** @param names those in `here`, bytes as Latin-1 */
  readonly transfer: (site: Site, names: readonly string[]) => Promise<unknown>;
}

const PYTHON = `
import ftplib, os, sys
ftp = ftplib.FTP(timeout=10, encoding="latin-1")
ftp.connect(sys.argv[1], int(sys.argv[2]))
ftp.login(sys.argv[3], sys.argv[4])
ftp.mkd("there")
ftp.cwd("there")
for name in os.listdir(b"here"):
    with open(b"here/" + name, "rb") as file:
        ftp.storbinary("STOR " + name.decode("latin-1"), file)
os.makedirs("back/there")
names = sorted(ftp.nlst())
assert names == sorted(name for name, facts in ftp.mlsd() if facts["type"] == "file"), names
ftp.voidcmd("TYPE I")
for name in names:
    assert ftp.size(name) is not None
    ftp.rename(name, name[::-1])
    ftp.rename(name[::-1], name)
    with open(b"back/there/" + name.encode("latin-1"), "wb") as file:
        ftp.retrbinary("RETR " + name, file.write)
ftp.quit()
`;

/** In a URL, of bytes as Latin-1. */
function encode(name: string): string {
  return name.replaceAll(/[^A-Za-z0-9]/g, (char) => `%${char.charCodeAt(0).toString(16).padStart(2, "0")}`);
}

function script({ host, port }: Site, commands: readonly string[]): string {
  return [`open ${host} ${port}`, `user ${USER} ${PASSWORD}`, "binary", ...commands, "quit", ""].join("\n");
}

async function curlAll(site: Site, names: readonly string[]): Promise<void> {
  // A session for each, for in a second transfer curl 7.88 waits for a second when the answer to EPSV comes at once.
  const curl = ["curl", "-sS", "-g", "--ftp-create-dirs", "--create-dirs"];
  for (const name of names) {
    const url = site.url(`there/${encode(name)}`);
    await site.run([...curl, "-T", `./here/${name}`, url]);
    await site.run([...curl, "-o", `back/there/${name}`, url]);
  }
}

/** The clients that can move files of odd names. */
export const NAME_CLIENTS: readonly NameClient[] = [
  {
    name: "lftp",
    skip: missing("lftp"),
    cannot: /^$/,
    transfer: (site) => {
      const settings = "set cmd:fail-exit yes; set net:max-retries 1; set ftp:ssl-allow no";
      const commands = `open ${site.url("")}; mirror -R here there; mirror there back/there`;
      return site.run(["lftp", "--norc", "-c", `${settings}; ${commands}`]);
    },
  },
  {
    name: "curl",
    skip: missing("curl"),
    cannot: /[^\0-\x7f]/,
    transfer: curlAll,
  },
  {
    name: "ncftp",
    skip: missing("ncftpput"),
    cannot: /^$/,
    transfer: async (site) => {
      const at = ["-R", "-V", "-u", USER, "-p", PASSWORD, "-P", `${site.port}`, site.host];
      await site.run(["sh", "-c", `mkdir back; ln -s here there; exec "$@"`, "-", "ncftpput", ...at, "/", "there"]);
      await site.run(["ncftpget", ...at, "back", "/there"]);
    },
  },
  {
    name: "rclone",
    skip: missing("rclone"),
    // It puts another character in place of a space at the end.
    cannot: / $/,
    transfer: async (site) => {
      const pass = (await site.run(["rclone", "obscure", PASSWORD])).trim();
      const there = `:ftp,host=${site.host},port=${site.port},user=${USER},pass=${pass}:there`;
      await site.run(["rclone", "copy", "here", there]);
      await site.run(["rclone", "check", "--download", "here", there]);
      await site.run(["rclone", "copy", there, "back/there"]);
    },
  },
  {
    name: "tnftp",
    skip: missing("tnftp"),
    cannot: /^[-.]/,
    transfer: (site) => {
      mkdirSync(join(site.local, "back/there"), { recursive: true });
      const commands = ["mkdir there", "cd there", "lcd here", "mput *", "lcd ../back/there", "mget *"];
      return site.run(["tnftp", "-n", "-i"], script(site, commands));
    },
  },
  {
    name: "inetutils-ftp",
    skip: missing("inetutils-ftp"),
    cannot: /^[-.]/,
    transfer: (site) => {
      mkdirSync(join(site.local, "back/there"), { recursive: true });
      const commands = ["mkdir there", "cd there", "lcd here", "mput *", "lcd ../back/there", "mget *"];
      return site.run(["inetutils-ftp", "-n", "-i"], script(site, commands));
    },
  },
  {
    name: "Python's ftplib",
    skip: missing("python3"),
    cannot: /^$/,
    transfer: (site) => site.run(["python3", "-c", PYTHON, site.host, `${site.port}`, USER, PASSWORD]),
  },
];
