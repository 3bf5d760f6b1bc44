/** Ways of paying of the simulated provider. Each is named after how it behaves, so that every ending can be seen. */
export interface Method {
  id: string;
  name: string;
  text: string;
}

export function methods(): { title: string; methods: Method[] }[] {
  return [
    {
      title: $localize`Cards that work`,
      methods: [
        { id: 'pm_ok', name: $localize`Test card`, text: $localize`Pays at once.` },
        { id: 'pm_slow', name: $localize`Slow card`, text: $localize`Pays after two seconds: long enough to watch.` },
        { id: 'pm_challenge', name: $localize`Card with confirmation`, text: $localize`The bank asks you to confirm, on a page of its own.` },
      ],
    },
    {
      title: $localize`Cards that are declined`,
      methods: [
        { id: 'pm_declined', name: $localize`Declined card`, text: $localize`The bank says no. Nothing is charged, the seats are free again.` },
        { id: 'pm_insufficient_funds', name: $localize`Empty account`, text: $localize`Declined for want of money.` },
      ],
    },
    {
      title: $localize`When things go wrong`,
      methods: [
        { id: 'pm_error_once', name: $localize`A hiccup`, text: $localize`Fails the first time, then works. You need do nothing.` },
        { id: 'pm_timeout_after', name: $localize`A lost answer`, text: $localize`Charged, but the answer gets lost. It is looked up, and you pay once.` },
        { id: 'pm_timeout_before', name: $localize`A provider that hangs`, text: $localize`Never charged. It is looked up, and your seats are given back.` },
      ],
    },
  ];
}
