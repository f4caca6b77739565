/** msgpackr 2 declares this entry by a path that TypeScript does not find. */
declare module 'msgpackr/pack' {
  export { Packr } from 'msgpackr';
}
