/**
 * A self-signed certificate for `localhost`, `127.0.0.1` and `::1`, valid for a hundred years from 2026, and its key:
 * PEM, known to the world, for tests only. It is its own authority, so a client that gets it as `ca` verifies it.
 */
export const certificate = {
  cert: `-----BEGIN CERTIFICATE-----
MIIBrTCCAVSgAwIBAgIUJy61Tz59BzrUow1kPxuJWghKnMQwCgYIKoZIzj0EAwIw
FDESMBAGA1UEAwwJbG9jYWxob3N0MCAXDTI2MTEyMDA4MzkwNFoYDzIxMjYxMDI3
MDgzOTA0WjAUMRIwEAYDVQQDDAlsb2NhbGhvc3QwWTATBgcqhkjOPQIBBggqhkjO
PQMBBwNCAASr5a8/8WSwPmglJ/LAPxkW1bVWDQAzQupJsng/iCUeJz3J3LV2ivQX
VKG0+ZBhwbi8efg5hiAndgfT3SaNJolXo4GBMH8wHQYDVR0OBBYEFIti8N5rna4e
xKgWj3Yjij0AhKm5MB8GA1UdIwQYMBaAFIti8N5rna4exKgWj3Yjij0AhKm5MCwG
A1UdEQQlMCOCCWxvY2FsaG9zdIcEfwAAAYcQAAAAAAAAAAAAAAAAAAAAATAPBgNV
HRMBAf8EBTADAQH/MAoGCCqGSM49BAMCA0cAMEQCIHxlbfXAIuIATnbM1nW+LQA4
karFzV+Yv/xFlTOZRP50AiA5vF99uABLjlZ5sKlfNKvRDsHorsrtu9CNifQevW5h
OQ==
-----END CERTIFICATE-----
`,
  key: `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgwTxsinq6cNzBJFPZ
AFxX9fBCJpgk+Et50zapCzQ+F8+hRANCAASr5a8/8WSwPmglJ/LAPxkW1bVWDQAz
QupJsng/iCUeJz3J3LV2ivQXVKG0+ZBhwbi8efg5hiAndgfT3SaNJolX
-----END PRIVATE KEY-----
`,
} as const;
