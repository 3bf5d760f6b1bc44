import { ChangeDetectionStrategy, Component, computed, inject, input, signal } from '@angular/core';
import { Router, RouterLink } from '@angular/router';

import { Problem } from '../../../shared/api/problem';
import { Session } from '../../../shared/session/session';
import { Icon } from '../../../shared/ui/icon';
import { safeReturn } from '../util/return';

/** Making an account. What is wrong with a field is said at the field, in the words of the API. */
@Component({
  imports: [Icon, RouterLink],
  changeDetection: ChangeDetectionStrategy.OnPush,
  templateUrl: './register-page.html',
})
export class RegisterPage {
  /** Where to go afterwards, from the address. */
  readonly return = input<string>();

  private readonly session = inject(Session);
  private readonly router = inject(Router);

  protected readonly name = signal('');
  protected readonly email = signal('');
  protected readonly password = signal('');
  protected readonly problem = signal<Problem | undefined>(undefined);
  protected readonly isBusy = signal(false);
  protected readonly isMailTaken = computed(() => this.problem()?.kind === 'mail-taken');

  protected wrong(field: string): string | undefined {
    return this.problem()?.of(field);
  }

  protected async submit(event: Event): Promise<void> {
    event.preventDefault();
    if (this.isBusy()) return;
    this.isBusy.set(true);
    this.problem.set(undefined);
    try {
      await this.session.register(this.name().trim(), this.email().trim(), this.password());
      await this.router.navigateByUrl(safeReturn(this.return()), { replaceUrl: true });
    } catch (thrown) {
      this.problem.set(Problem.from(thrown));
    } finally {
      this.isBusy.set(false);
    }
  }
}
