import { inject, Injectable } from '@angular/core';
import { Title } from '@angular/platform-browser';
import { type RouterStateSnapshot, TitleStrategy } from '@angular/router';

/** What stands on the tab: the page, then the house. Pages that know a better name when they have loaded say it themselves. */
@Injectable({ providedIn: 'root' })
export class Titles extends TitleStrategy {
  private readonly title = inject(Title);

  override updateTitle(state: RouterStateSnapshot): void {
    const page = this.buildTitle(state);
    this.title.setTitle(page ? `${page} · Usher` : 'Usher');
  }
}
