/** @import { Peer } from "../src/types.js" */

/**
 * Every FTP server, the reference first.
 *
 * @type {readonly Peer[]}
 */
export const FTP_SERVERS = [
  { name: "vsftpd", label: "vsftpd", runtime: "debian", program: "vsftpd" },
  { name: "proftpd", label: "ProFTPD", runtime: "debian", program: "proftpd" },
  { name: "pure-ftpd", label: "Pure-FTPd", runtime: "debian", program: "pure-ftpd" },
  { name: "pyftpdlib", label: "pyftpdlib", runtime: "python", program: "ftp-pyftpdlib" },
  { name: "ftp-srv", label: "ftp-srv", runtime: "node", program: "ftp-srv" },
  { name: "belfry-ftp", label: "Belfry, `serve` with `ftp()`", runtime: "belfry", program: "ftp" },
];
