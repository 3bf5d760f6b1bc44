import type { Routes } from '@angular/router';

import { signedIn } from '../shared/session/guard';

/** Every page on one page. Each is loaded when somebody goes there. */
export const routes: Routes = [
  { path: '', title: $localize`What's on`, loadComponent: async () => (await import('../domains/catalog/feature-whats-on/whats-on')).WhatsOn },
  { path: 'films/:id', title: $localize`Film`, loadComponent: async () => (await import('../domains/catalog/feature-movie/movie-page')).MoviePage },
  { path: 'showtimes/:id', title: $localize`Choose your seats`, loadComponent: async () => (await import('../domains/booking/feature-seats/seats-page')).SeatsPage },
  {
    path: 'checkout/:id',
    title: $localize`Pay`,
    canActivate: [signedIn],
    loadComponent: async () => (await import('../domains/booking/feature-checkout/checkout-page')).CheckoutPage,
  },
  {
    path: 'bookings',
    title: $localize`My bookings`,
    canActivate: [signedIn],
    loadComponent: async () => (await import('../domains/booking/feature-list/bookings-page')).BookingsPage,
  },
  {
    path: 'bookings/:id',
    title: $localize`Your booking`,
    canActivate: [signedIn],
    loadComponent: async () => (await import('../domains/booking/feature-booking/booking-page')).BookingPage,
    // The booking page makes room for its tickets, which are another domain.
    children: [{ path: '', loadComponent: async () => (await import('../domains/tickets/feature-tickets/tickets-of-booking')).TicketsOfBooking }],
  },
  { path: 'tickets', title: $localize`Tickets on this device`, loadComponent: async () => (await import('../domains/tickets/feature-kept/kept-tickets')).KeptTickets },
  { path: 'sign-in', title: $localize`Sign in`, loadComponent: async () => (await import('../domains/account/feature-sign-in/sign-in-page')).SignInPage },
  { path: 'register', title: $localize`Make an account`, loadComponent: async () => (await import('../domains/account/feature-register/register-page')).RegisterPage },
  { path: '**', title: $localize`Not found`, loadComponent: async () => (await import('./not-found')).NotFound },
];
