// Makes the other processes of this server injectable everywhere, or that there are none.
import { Global, Module, type DynamicModule } from '@nestjs/common';
import { Siblings } from './siblings.ts';

@Global()
@Module({})
export class SiblingsModule {
  static with(siblings: Siblings): DynamicModule {
    return {
      module: SiblingsModule,
      providers: [{ provide: Siblings, useValue: siblings }],
      exports: [Siblings],
    };
  }
}
