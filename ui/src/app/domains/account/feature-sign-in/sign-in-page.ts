import { ChangeDetectionStrategy, Component, inject, input, signal } from '@angular/core';
import { Router, RouterLink } from '@angular/router';

import { Problem } from '../../../shared/api/problem';
import { Session } from '../../../shared/session/session';
import { Icon } from '../../../shared/ui/icon';
import { safeReturn } from '../util/return';

/** Signing in, and back to where one was. */
@Component({
  imports: [Icon, RouterLink],
  changeDetection: ChangeDetectionStrategy.OnPush,
  templateUrl: './sign-in-page.html',
})
export class SignInPage {
  /** Where to go afterwards, from the address. */
  readonly return = input<string>();

  private readonly session = inject(Session);
  private readonly router = inject(Router);

  protected readonly email = signal('');
  protected readonly password = signal('');
  protected readonly problem = signal<Problem | undefined>(undefined);
  protected readonly isBusy = signal(false);
  protected readonly isShown = signal(false);

  protected async submit(event: Event): Promise<void> {
    event.preventDefault();
    if (this.isBusy()) return;
    this.isBusy.set(true);
    this.problem.set(undefined);
    try {
      await this.session.signIn(this.email().trim(), this.password());
      await this.router.navigateByUrl(safeReturn(this.return()), { replaceUrl: true });
    } catch (thrown) {
      this.problem.set(Problem.from(thrown));
    } finally {
      this.isBusy.set(false);
    }
  }

  /** One of the accounts that a fresh Usher has, to try things out. */
  protected tryOut(): void {
    this.email.set('customer@usher.test');
    this.password.set('usher-demo');
  }
}
