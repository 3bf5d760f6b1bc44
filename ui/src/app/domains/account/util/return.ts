/** Where to go after signing in: an address of this site, and of no other. */
export function safeReturn(address: string | undefined): string {
  return address?.startsWith('/') && !address.startsWith('//') && !address.includes('\\') ? address : '/';
}
