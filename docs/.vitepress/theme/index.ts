import type { Theme } from 'vitepress';
import DefaultTheme from 'vitepress/theme';
import { defineAsyncComponent } from 'vue';
import CaptureTable from './components/CaptureTable.vue';
import CheckYourself from './components/CheckYourself.vue';
import FrameBytes from './components/FrameBytes.vue';
import FrameDrawing from './components/FrameDrawing.vue';
import LabChecks from './components/LabChecks.vue';
import PartIndex from './components/PartIndex.vue';
import SequenceDiagram from './components/SequenceDiagram.vue';
import HomePage from './home/HomePage.vue';
import QuestionList from './interview/QuestionList.vue';
import LabList from './lab/LabList.vue';
import SiteLayout from './SiteLayout.vue';
import './style.css';

export default {
  extends: DefaultTheme,
  Layout: SiteLayout,
  enhanceApp({ app }) {
    app.component('CaptureTable', CaptureTable);
    app.component('CheckYourself', CheckYourself);
    app.component('FrameBytes', FrameBytes);
    app.component('FrameDrawing', FrameDrawing);
    app.component('HomePage', HomePage);
    app.component('LabChecks', LabChecks);
    app.component('LabList', LabList);
    app.component('PartIndex', PartIndex);
    app.component('QuestionList', QuestionList);
    app.component('Sequence', SequenceDiagram);
    // Only the pages that show one of these load it: most carry labs' code.
    app.component(
      'ConformanceGrid',
      defineAsyncComponent(() => import('./conformance/ConformanceGrid.vue')),
    );
    app.component(
      'HandshakePlayground',
      defineAsyncComponent(() => import('./components/HandshakePlayground.vue')),
    );
    app.component(
      'FrameDissector',
      defineAsyncComponent(() => import('./components/FrameDissector.vue')),
    );
    app.component(
      'MaskExplorer',
      defineAsyncComponent(() => import('./components/MaskExplorer.vue')),
    );
    app.component(
      'DeflateExplorer',
      defineAsyncComponent(() => import('./components/DeflateExplorer.vue')),
    );
    app.component(
      'BackoffSimulator',
      defineAsyncComponent(() => import('./components/BackoffSimulator.vue')),
    );
    app.component(
      'DrillClock',
      defineAsyncComponent(() => import('./interview/DrillClock.vue')),
    );
    app.component(
      'PracticeDeck',
      defineAsyncComponent(() => import('./practice/PracticeDeck.vue')),
    );
    app.component(
      'MockInterview',
      defineAsyncComponent(() => import('./mock/MockInterview.vue')),
    );
    app.component(
      'CaptureExplorer',
      defineAsyncComponent(() => import('./components/CaptureExplorer.vue')),
    );
  },
} satisfies Theme;
