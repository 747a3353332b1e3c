/** A time as FTP has it, in UTC: `20261120112233` (RFC 3659 §2.3). */
export function timeText(time: Date): string {
  return time.toISOString().slice(0, 19).replaceAll(/\D/g, "");
}
