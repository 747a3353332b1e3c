/** Who asks for a passive address. */
export interface PassiveClient {
  /** IP addresses of the control connection's ends. */
  readonly remoteAddress: string;
  readonly localAddress: string;
  /** The account's name. */
  readonly user: string;
}

/** An address to announce to clients of one network. */
export interface AddressRule {
  /** In CIDR notation, as `"10.0.0.0/8"` or `"fd00::/8"`; one address alone stands for itself. */
  readonly network: string;
  /** An IPv4 address, a name that is resolved, or `"local"` for the address the client has reached. */
  readonly address: string;
}

/** Passive mode. */
export interface PassiveOptions {
  /** The ports to listen on, both included; one is taken at random. Default: any the system gives. */
  readonly ports?: { readonly from: number; readonly to: number } | undefined;
  /**
   * The IPv4 address PASV announces, where it is not the one the client has reached, as behind NAT: an address, a name (resolved at most once a minute),
   * rules of which the first that fits counts, or a function that is asked each time.
   */
  readonly externalAddress?:
    | string
    | readonly AddressRule[]
    | ((client: PassiveClient) => string | Promise<string>)
    | undefined;
}
