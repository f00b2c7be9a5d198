// Feedback: the labels that come later.
import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { ModelModule } from '../model/model.module.ts';
import { PredictionModule } from '../prediction/prediction.module.ts';
import { Feedback } from './feedback.entity.ts';
import { FeedbackChange } from './feedback-change.entity.ts';
import { FeedbackController } from './feedback.controller.ts';
import { FeedbackService } from './feedback.service.ts';
import { FeedbackTable } from './feedback-table.ts';
import { LabelWords } from './label-words.ts';
import { LabelledAnswers } from './labelled-answers.ts';

@Module({
  imports: [TypeOrmModule.forFeature([Feedback, FeedbackChange]), ModelModule, PredictionModule],
  controllers: [FeedbackController],
  providers: [FeedbackService, FeedbackTable, LabelWords, LabelledAnswers],
  exports: [LabelledAnswers],
})
export class FeedbackModule {}
