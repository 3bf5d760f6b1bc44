import { bootstrapApplication } from '@angular/platform-browser';

import { App } from './app/shell/app';
import { config } from './app/shell/config';

bootstrapApplication(App, config).catch((error: unknown) => {
  console.error(error);
});
