export { certificate } from "./certificate.js";
