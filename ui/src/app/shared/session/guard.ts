import { inject } from '@angular/core';
import { type CanActivateFn, Router } from '@angular/router';

import { Session } from './session';

/** For pages of people who signed in. Others sign in first, and come back. */
export const signedIn: CanActivateFn = async (_, state) => {
  const [session, router] = [inject(Session), inject(Router)];
  await session.start();
  return session.isSignedIn() || router.createUrlTree(['/sign-in'], { queryParams: { return: state.url } });
};
