export { EYE_CONTACT_METRICS } from './eye-contact/metric-table.js';
export * from './eye-contact/port.js';
export { serveEyeContact } from './eye-contact/serve-eye-contact.js';
export { slotCount } from './eye-contact/slots.js';
export * from './router/route.js';
export * from './router/router.js';
