/** What a genre is called here. One that nobody has put into words yet is called as the catalogue calls it. */
export function genreName({ slug, name }: { slug: string; name: string }): string {
  switch (slug) {
    case 'adventure':
      return $localize`Adventure`;
    case 'animation':
      return $localize`Animation`;
    case 'comedy':
      return $localize`Comedy`;
    case 'crime':
      return $localize`Crime`;
    case 'documentary':
      return $localize`Documentary`;
    case 'drama':
      return $localize`Drama`;
    case 'family':
      return $localize`Family`;
    case 'mystery':
      return $localize`Mystery`;
    case 'romance':
      return $localize`Romance`;
    case 'science-fiction':
      return $localize`Science fiction`;
    case 'thriller':
      return $localize`Thriller`;
    default:
      return name;
  }
}
