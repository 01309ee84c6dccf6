/** The console can't or won't do what it was asked for. The message goes to the person. */
export class Refused extends Error {
  constructor(
    /** Of HTTP. */
    readonly status: number,
    message: string,
  ) {
    super(message);
  }
}
