/// <reference types="vite/client" />

// tsc does not read components; vue-tsc does, and prefers the file to this.
declare module '*.vue' {
  import type { Component } from 'vue';

  const component: Component;
  export default component;
}

declare module 'buffer/index.js' {
  export { Buffer } from 'node:buffer';
}
