import type { Theme } from 'vitepress';
import DefaultTheme from 'vitepress/theme-without-fonts';
import { type AsyncComponentLoader, defineAsyncComponent } from 'vue';
import { asDrawn } from './as-drawn.ts';
import CheckYourself from './components/CheckYourself.vue';
import SiteLayout from './SiteLayout.vue';
import './style.css';
import './print.css';

/** What only some pages show, by the name that they call it: loaded by these pages, and by no other. */
const onDemand: Record<string, AsyncComponentLoader> = {
  BackoffSimulator: () => import('./components/BackoffSimulator.vue'),
  CaptureExplorer: () => import('./components/CaptureExplorer.vue'),
  DeflateExplorer: () => import('./components/DeflateExplorer.vue'),
  DrillClock: () => import('./interview/DrillClock.vue'),
  FrameDissector: () => import('./components/FrameDissector.vue'),
  HandshakePlayground: () => import('./components/HandshakePlayground.vue'),
  HomePage: () => import('./home/HomePage.vue'),
  MaskExplorer: () => import('./components/MaskExplorer.vue'),
  MockInterview: () => import('./mock/MockInterview.vue'),
  PracticeDeck: () => import('./practice/PracticeDeck.vue'),
};

/** What is the same for everyone who reads the built site, and does nothing there. */
const drawings: Record<string, AsyncComponentLoader> = {
  CaptureTable: () => import('./components/CaptureTable.vue'),
  ConformanceGrid: () => import('./conformance/ConformanceGrid.vue'),
  FrameBytes: () => import('./components/FrameBytes.vue'),
  LabChecks: () => import('./components/LabChecks.vue'),
  LabList: () => import('./lab/LabList.vue'),
  PartIndex: () => import('./components/PartIndex.vue'),
  QuestionList: () => import('./interview/QuestionList.vue'),
  Sequence: () => import('./components/SequenceDiagram.vue'),
};

export default {
  extends: DefaultTheme,
  Layout: SiteLayout,
  enhanceApp({ app }) {
    // On every chapter, and small.
    app.component('CheckYourself', CheckYourself);
    for (const [name, load] of Object.entries(onDemand)) app.component(name, defineAsyncComponent(load));
    for (const [name, load] of Object.entries(drawings)) app.component(name, asDrawn(load));
  },
} satisfies Theme;
