/** A length of time as on the command line (`"500ms"`, `"10s"`, `"1m30s"`, `"0"`), or milliseconds. */
export type Duration = string | number;

/** The Unix socket at a path. */
export interface UnixListenConfig {
  readonly path: string;
  /** Permission bits in octal, in quotes: `"0660"`. Default: what the umask leaves. */
  readonly mode?: string | undefined;
}

/**
 * Where a service listens: `"HOST:PORT"`, `":PORT"` for this machine alone, `"unix:PATH"`, `"fd:3"` for a descriptor that was inherited, or
 * `"systemd:NAME"` for those of a systemd socket unit with `FileDescriptorName=NAME`.
 */
export type ListenConfig = string | UnixListenConfig;

/** TLS from the first byte. Files are PEM; they are read anew when they change. */
export interface TlsConfig {
  /** The certificate, and those between it and the root behind it. */
  readonly cert: string;
  /** Its key. Default: in the same file. */
  readonly key?: string | undefined;
  /** Clients must show a certificate signed by one of these. */
  readonly clientCa?: string | undefined;
  /** Default `"TLSv1.2"`. */
  readonly minVersion?: "TLSv1.2" | "TLSv1.3" | undefined;
  /** Protocols offered by ALPN, most wanted first. */
  readonly alpnProtocols?: readonly string[] | undefined;
}

/** The PROXY protocol, which load balancers tell a client's address by. */
export interface ProxyConfig {
  /** Addresses and networks whose connections bring a header: `["10.0.0.0/8", "::1"]`. */
  readonly trust: readonly string[];
  /** How long the header may take. Default 5 s. */
  readonly timeout?: Duration | undefined;
  /** What becomes of connections from elsewhere: reset, or served without a header. Default `"refuse"`. */
  readonly untrusted?: "refuse" | "serve" | undefined;
}

/** What every service has. */
export interface CommonServiceConfig {
  readonly listen: ListenConfig | readonly ListenConfig[];
  /** Default: in the clear. */
  readonly tls?: TlsConfig | undefined;
  /** Default: no header is looked for. */
  readonly proxy?: ProxyConfig | undefined;
  /** Connections served at a time, over all workers; further ones wait. Default 10,000. */
  readonly maxConns?: number | undefined;
  /** Connections of a worker that wait for their turn; further ones are reset. Default 1024. */
  readonly maxWaiting?: number | undefined;
  /** Connections of one remote address, over all workers. Default: no limit. */
  readonly maxConnsPerAddress?: number | undefined;
  /** How long a client may send nothing; 0 for ever. Default 0; reverb and ftp 5 minutes. */
  readonly idleTimeout?: Duration | undefined;
  /** How long a TLS handshake may take. Default 5 s. */
  readonly handshakeTimeout?: Duration | undefined;
  /** How long closing a connection may take to flush what was written. Default 30 s. */
  readonly closeTimeout?: Duration | undefined;
  /** Connections the kernel holds before they are accepted. Default 4096. */
  readonly backlog?: number | undefined;
  /** Only clients of these addresses and networks are served. Default: all. */
  readonly allow?: readonly string[] | undefined;
  /** Clients of these addresses and networks are reset, though `allow` names them. Default: none. */
  readonly refuse?: readonly string[] | undefined;
  /** Text that is sent first, as it stands; for ftp its greeting. Default: none; ftp `"Ready"`. */
  readonly banner?: string | undefined;
}
